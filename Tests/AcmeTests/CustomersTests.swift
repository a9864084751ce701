import HTTPTypes
import JSON
import Testing

struct CustomersTests {
    static let newCustomer = #"{"name":"Ada Moe","email":"ada@moe.example","company":"Moe"}"#

    @Test func `the list holds the own tenant only`() async throws {
        try await Product.run { product async throws in
            for (name, tenant) in [("ana", "acme-north"), ("ben", "acme-north"), ("cleo", "acme-south")] {
                let list = try await product.get("/customers?limit=100", as: name)
                #expect(list.status == 200)
                #expect(list.items.count == 10)
                #expect(Set(list.column("tenant_id")) == [tenant])
                #expect(list.json["next_cursor"] == nil)
            }
        }
    }

    @Test(arguments: 1...11) func `pages put together are the list`(limit: Int) async throws {
        try await Product.run { product async throws in
            let whole = try await product.get("/customers?limit=100").column("id")
            var collected: [String] = []
            var path: String? = "/customers?limit=\(limit)"
            while let current = path, collected.count <= whole.count {
                let page = try await product.get(current)
                #expect(page.items.count <= limit)
                collected += page.column("id")
                path = page.string("next_cursor").map { "/customers?limit=\(limit)&cursor=\($0)" }
            }
            #expect(collected == whole)
        }
    }

    @Test(arguments: [
        "limit=0", "limit=101", "limit=-1", "limit=ten", "limit=", "cursor=%20", "cursor=-5", "status=gone",
        "limit=99999999999999999999",
    ])
    func `bad query parameters are 400`(query: String) async throws {
        try await Product.run { product async throws in
            #expect(try await product.get("/customers?\(query)").isProblem(400))
        }
    }

    @Test func `one customer, with an internal field that no document declares`() async throws {
        try await Product.run { product async throws in
            let customer = try await product.get("/customers/cus_north_03")
            #expect(customer.status == 200)
            #expect(customer.string("name") == "Petra Novak")
            #expect(customer.json["internal_risk_score"]?.int == 8)
            #expect(try await product.get("/customers/cus%5Fnorth%5F03").status == 200)
        }
    }

    @Test func `a customer of another tenant does not exist`() async throws {
        try await Product.run { product async throws in
            let path = "/customers/cus_south_09"
            #expect(try await product.get(path).isProblem(404))
            #expect(try await product.send(.patch, path, #"{"name":"x"}"#, as: "ben").isProblem(404))
            #expect(try await product.send(.delete, path, as: "ben").isProblem(404))
            #expect(try await product.get(path, as: "cleo").string("name") == "Carla Mendes")
        }
    }

    @Test func `create, then read`() async throws {
        try await Product.run { product async throws in
            let created = try await product.post("/customers", Self.newCustomer)
            #expect(created.status == 201)
            #expect(created.string("owner_id") == "usr_ana")
            #expect(created.string("status") == "active")
            let location = try #require(created.headers[.location])
            #expect(try await product.get(location).json == created.json)
        }
    }

    @Test func `an e-mail address is taken once per tenant`() async throws {
        try await Product.run { product async throws in
            #expect(try await product.post("/customers", Self.newCustomer).status == 201)
            #expect(try await product.post("/customers", Self.newCustomer).isProblem(409))
            #expect(try await product.post("/customers", Self.newCustomer, as: "cleo").status == 201)
            let change = #"{"email":"ada@moe.example"}"#
            #expect(try await product.send(.patch, "/customers/cus_north_01", change).isProblem(409))
        }
    }

    @Test(arguments: [
        (#"{"name":"","email":"a@b.example","company":"c"}"#, ["name"]),
        (#"{"name":" ","email":"a","company":"c"}"#, ["name", "email"]),
        (#"{"name":"n","email":"a@b@c","company":"c","phone":""}"#, ["email", "phone"]),
        (#"{"name":"n","email":"a b@c.example","company":""}"#, ["email", "company"]),
    ])
    func `fields that are not valid are named`(body: String, fields: [String]) async throws {
        try await Product.run { product async throws in
            let answer = try await product.post("/customers", body)
            #expect(answer.isProblem(422))
            #expect(answer.fieldErrors == fields)
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"name":1,"email":"a@b","company":"c"}"#, #"{"name":"n"}"#])
    func `a body that is not understood is 400`(body: String) async throws {
        try await Product.run { product async throws in
            #expect(try await product.post("/customers", body).isProblem(400))
        }
    }

    @Test func `a body beyond the limit is 413`() async throws {
        try await Product.run { product async throws in
            let body = #"{"name":""# + String(repeating: "n", count: 300_000) + #"","email":"a@b","company":"c"}"#
            #expect(try await product.post("/customers", body).isProblem(413))
        }
    }

    @Test func `patch changes what is given and nothing else`() async throws {
        try await Product.run { product async throws in
            let before = try await product.get("/customers/cus_north_01")
            let after = try await product.send(
                .patch, "/customers/cus_north_01", #"{"phone":"+47 1","status":"archived","owner_id":"usr_ben"}"#)
            #expect(after.status == 200)
            #expect(after.string("phone") == "+47 1")
            #expect(after.string("status") == "archived")
            #expect(after.string("name") == before.string("name"))
            #expect(after.string("owner_id") == "usr_ana")
            #expect(try await product.get("/customers?status=archived").column("id") == ["cus_north_01"])
            #expect(try await product.send(.patch, "/customers/cus_north_01", "{}").isProblem(422))
            let wrong = try await product.send(.patch, "/customers/cus_north_01", #"{"status":"gone"}"#)
            #expect(wrong.fieldErrors == ["status"])
        }
    }

    @Test func `sales people change only what they own`() async throws {
        try await Product.run { product async throws in
            let path = "/customers/cus_north_06"
            #expect(try await product.send(.patch, path, #"{"name":"x"}"#).isProblem(403))
            #expect(try await product.send(.delete, path).isProblem(403))
            #expect(try await product.send(.patch, path, #"{"name":"x"}"#, as: "ben").status == 200)
        }
    }

    @Test func `delete takes the deals along and stops at invoices`() async throws {
        try await Product.run { product async throws in
            #expect(try await product.send(.delete, "/customers/cus_north_01").isProblem(409))
            #expect(try await product.send(.delete, "/customers/cus_north_09").status == 204)
            #expect(try await product.get("/customers/cus_north_09").isProblem(404))
            #expect(try await product.get("/deals/deal_north_09").isProblem(404))
            #expect(try await product.send(.delete, "/customers/cus_north_09").isProblem(404))
        }
    }

    @Test func `bulk delete is for managers, of the own tenant, and all or nothing`() async throws {
        try await Product.run { product async throws in
            let path = "/customers/bulk-delete"
            let good = #"{"ids":["cus_north_10","cus_south_10","cus_north_09"]}"#
            #expect(try await product.post(path, good).isProblem(403))
            #expect(try await product.post(path, #"{"ids":["cus_north_09","cus_north_01"]}"#, as: "ben").isProblem(409))
            #expect(try await product.get("/customers").items.count == 10)
            let answer = try await product.post(path, good, as: "ben")
            #expect(answer.status == 200)
            #expect(answer.json["deleted"] == ["cus_north_10", "cus_north_09"])
            #expect(answer.json["not_found"] == ["cus_south_10"])
            #expect(try await product.get("/customers").items.count == 8)
            #expect(try await product.get("/customers", as: "cleo").items.count == 10)
            #expect(try await product.post(path, #"{"ids":[]}"#, as: "ben").isProblem(422))
            #expect(try await product.post(path, #"{"ids":["a","a"]}"#, as: "ben").isProblem(422))
        }
    }

    @Test(arguments: [
        (#"{"query":"BERG"}"#, ["cus_north_05", "cus_north_10"]),
        (#"{"query":"lundtimber.example"}"#, ["cus_north_02"]),
        (#"{"query":"%"}"#, []),
        (#"{"query":"' OR '1'='1"}"#, []),
        (#"{"query":"diallo"}"#, []),
        (#"{"status":"active","limit":2}"#, ["cus_north_01", "cus_north_02"]),
        (#"{"status":"archived"}"#, []),
    ])
    func `search finds text in the own tenant`(body: String, found: [String]) async throws {
        try await Product.run { product async throws in
            let answer = try await product.post("/customers/search", body)
            #expect(answer.status == 200)
            #expect(answer.column("id") == found)
        }
    }

    @Test func `search refuses what it cannot search for`() async throws {
        try await Product.run { product async throws in
            #expect(try await product.post("/customers/search", #"{"status":"gone","query":""}"#).isProblem(422))
            #expect(try await product.post("/customers/search", #"{"limit":0}"#).isProblem(400))
        }
    }
}
