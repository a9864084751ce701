import JSON
import Testing

struct ExportsTests {
    @Test func `a manager gets all of the own tenant and nothing else`() async throws {
        try await Product.run { product async throws in
            _ = try await product.post("/payments/pay_north_01/refunds", RefundsTests.body(100))
            let export = try await product.get("/export", as: "ben")
            #expect(export.status == 200)
            let counts = [
                ("customers", 10), ("deals", 10), ("invoices", 10), ("payments", 8), ("refunds", 1), ("messages", 3),
            ]
            for (name, count) in counts {
                let rows = export.json[name]?.array ?? []
                #expect(rows.count == count, "\(name)")
                #expect(rows.allSatisfy { $0["tenant_id"]?.string == "acme-north" })
            }
        }
    }

    @Test func `sales people export nothing`() async throws {
        try await Product.run { product async throws in
            #expect(try await product.get("/export").isProblem(403))
            #expect(try await product.get("/export", as: "cleo").isProblem(403))
        }
    }
}
