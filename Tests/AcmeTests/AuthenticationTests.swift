import HTTPTypes
import JSON
import Testing

struct AuthenticationTests {
    @Test(arguments: [
        "/me", "/customers", "/customers/cus_north_01", "/deals", "/deals/search", "/deals/deal_north_01", "/invoices",
        "/invoices/inv_north_01", "/payments", "/payments/pay_north_01", "/payments/pay_north_01/refunds", "/messages",
        "/export",
    ])
    func `no key and a wrong key are refused`(path: String) async throws {
        try await Product.run { product async throws in
            let anonymous = try await product.get(path, as: nil)
            #expect(anonymous.isProblem(401))
            #expect(anonymous.headers[.wwwAuthenticate] != nil)
            let wrong = try await product.send(.get, path, as: nil, headers: ["X-Api-Key": "ak_demo_ana"])
            #expect(wrong.isProblem(401))
        }
    }

    @Test func `me is the user of the key`() async throws {
        try await Product.run { product async throws in
            for (name, role, tenant) in [
                ("ana", "sales", "acme-north"), ("ben", "manager", "acme-north"), ("cleo", "sales", "acme-south"),
            ] {
                let me = try await product.get("/me", as: name)
                #expect(me.status == 200)
                #expect(me.string("name") == name)
                #expect(me.string("role") == role)
                #expect(me.string("tenant_id") == tenant)
            }
        }
    }

    @Test func `me leaks the password hash but not the key's hash`() async throws {
        try await Product.run { product async throws in
            let me = try await product.get("/me")
            #expect(me.string("password_hash")?.isEmpty == false)
            #expect(me.json["api_key_hash"] == nil)
        }
    }

    @Test func `an unknown path is a problem too`() async throws {
        try await Product.run { product async throws in
            #expect(try await product.get("/nothing").isProblem(404))
            #expect(try await product.send(.put, "/customers").isProblem(404))
        }
    }
}
