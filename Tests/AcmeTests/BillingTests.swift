import HTTPTypes
import Testing

struct BillingTests {
    @Test func `invoices of the own tenant, filtered`() async throws {
        try await Product.run { product async throws in
            let all = try await product.get("/invoices?limit=100")
            #expect(all.items.count == 10)
            #expect(Set(all.column("tenant_id")) == ["acme-north"])
            #expect(try await product.get("/invoices?status=open").column("id") == ["inv_north_09", "inv_north_10"])
            #expect(try await product.get("/invoices?status=paid").items.count == 8)
            let ofOne = try await product.get("/invoices?customer_id=cus_north_01")
            #expect(ofOne.column("id") == ["inv_north_01", "inv_north_09"])
            #expect(try await product.get("/invoices?customer_id=cus_south_01").items.isEmpty)
            #expect(try await product.get("/invoices?status=late").isProblem(400))
        }
    }

    @Test func `one invoice`() async throws {
        try await Product.run { product async throws in
            let invoice = try await product.get("/invoices/inv_north_02")
            #expect(invoice.number("amount") == "480.5")
            #expect(invoice.string("currency") == "EUR")
            #expect(invoice.string("status") == "paid")
            #expect(try await product.get("/invoices/inv_south_02").isProblem(404))
        }
    }

    @Test func `payments of the own tenant, filtered`() async throws {
        try await Product.run { product async throws in
            let all = try await product.get("/payments?limit=100", as: "cleo")
            #expect(all.items.count == 8)
            #expect(Set(all.column("tenant_id")) == ["acme-south"])
            let ofOne = try await product.get("/payments?customer_id=cus_south_02", as: "cleo")
            #expect(ofOne.column("id") == ["pay_south_02"])
        }
    }

    @Test func `one payment pays its invoice`() async throws {
        try await Product.run { product async throws in
            for number in 1...8 {
                let payment = try await product.get("/payments/pay_north_0\(number)")
                let invoice = try await product.get("/invoices/\(payment.string("invoice_id") ?? "")")
                for name in ["customer_id", "currency"] { #expect(payment.string(name) == invoice.string(name)) }
                #expect(payment.number("amount") == invoice.number("amount"))
                #expect(payment.number("refunded") == "0")
            }
            #expect(try await product.get("/payments/pay_south_01").isProblem(404))
        }
    }
}
