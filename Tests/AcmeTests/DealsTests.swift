import HTTPTypes
import JSON
import Testing

struct DealsTests {
    @Test func `the list holds the own tenant only`() async throws {
        try await Product.run { product async throws in
            let list = try await product.get("/deals?limit=100")
            #expect(list.items.count == 10)
            #expect(Set(list.column("tenant_id")) == ["acme-north"])
            #expect(try await product.get("/deals?stage=won").column("id") == ["deal_north_04", "deal_north_08"])
            #expect(try await product.get("/deals?stage=any").isProblem(400))
        }
    }

    /// Not a mistake of the test: this hole is what the example is there to show.
    @Test func `search gives any tenant to anybody`() async throws {
        try await Product.run { product async throws in
            let own = try await product.get("/deals/search?tenant_id=acme-north&limit=100")
            #expect(Set(own.column("tenant_id")) == ["acme-north"])
            let other = try await product.get("/deals/search?tenant_id=acme-south&limit=100")
            #expect(other.status == 200)
            #expect(other.items.count == 10)
            #expect(Set(other.column("tenant_id")) == ["acme-south"])
            let all = try await product.get("/deals/search?limit=100")
            #expect(all.items.count == 20)
            #expect(Set(all.column("tenant_id")) == ["acme-north", "acme-south"])
        }
    }

    @Test func `search takes its tenant as a value`() async throws {
        try await Product.run { product async throws in
            let none = try await product.get("/deals/search?tenant_id=x'%20OR%20'1'='1")
            #expect(none.status == 200)
            #expect(none.items.isEmpty)
            let won = try await product.get("/deals/search?tenant_id=acme-south&stage=won")
            #expect(won.column("id") == ["deal_south_03"])
        }
    }

    @Test func `one deal, tagged`() async throws {
        try await Product.run { product async throws in
            let deal = try await product.get("/deals/deal_north_04")
            #expect(deal.status == 200)
            #expect(deal.number("amount") == "21750.5")
            #expect(deal.headers[.eTag] == "\"v1\"")
            #expect(deal.json["internal_margin_percent"]?.int == 40)
            #expect(try await product.get("/deals/deal_south_04").isProblem(404))
        }
    }

    @Test func `patch changes and gets a new tag`() async throws {
        try await Product.run { product async throws in
            let body = #"{"stage":"won","amount":48000.01,"close_date":"2028-02-29","tenant_id":"acme-south"}"#
            let deal = try await product.send(.patch, "/deals/deal_north_01", body)
            #expect(deal.status == 200)
            #expect(deal.string("stage") == "won")
            #expect(deal.number("amount") == "48000.01")
            #expect(deal.string("close_date") == "2028-02-29")
            #expect(deal.string("tenant_id") == "acme-north")
            #expect(deal.headers[.eTag] == "\"v2\"")
            #expect(try await product.get("/deals/deal_north_01").json == deal.json)
        }
    }

    @Test(arguments: [
        ("\"v1\"", 200), ("\"v0\", \"v1\"", 200), ("*", 200), ("\"v2\"", 412), ("W/\"v1\"", 412), ("v1", 412),
        ("", 412),
    ])
    func `If-Match guards the change`(header: String, status: Int) async throws {
        try await Product.run { product async throws in
            let answer = try await product.send(
                .patch, "/deals/deal_north_01", #"{"stage":"lost"}"#, headers: ["If-Match": header])
            #expect(answer.status == status)
            if status == 412 { #expect(answer.isProblem(412)) }
            let stage = try await product.get("/deals/deal_north_01").string("stage")
            #expect(stage == (status == 200 ? "lost" : "negotiation"))
        }
    }

    @Test(arguments: [
        (#"{"stage":"open"}"#, ["stage"]), ("{}", [""]), (#"{"amount":0}"#, ["amount"]),
        (#"{"amount":-5}"#, ["amount"]), (#"{"amount":1.005}"#, ["amount"]), (#"{"amount":1e12}"#, ["amount"]),
        (#"{"close_date":"2026-02-29"}"#, ["close_date"]), (#"{"close_date":"2026-13-01"}"#, ["close_date"]),
        (#"{"close_date":"26-1-1"}"#, ["close_date"]), (#"{"close_date":"1900-02-29"}"#, ["close_date"]),
        (#"{"close_date":"2026-00-10","stage":""}"#, ["stage", "close_date"]),
    ])
    func `fields that are not valid are named`(body: String, fields: [String]) async throws {
        try await Product.run { product async throws in
            let answer = try await product.send(.patch, "/deals/deal_north_01", body)
            #expect(answer.isProblem(422))
            #expect(answer.fieldErrors == fields)
            #expect(try await product.get("/deals/deal_north_01").json["version"]?.int == 1)
        }
    }

    @Test func `only the owner or a manager changes a deal`() async throws {
        try await Product.run { product async throws in
            let body = #"{"stage":"lost"}"#
            #expect(try await product.send(.patch, "/deals/deal_north_06", body).isProblem(403))
            #expect(try await product.send(.patch, "/deals/deal_north_06", body, as: "cleo").isProblem(404))
            #expect(try await product.send(.patch, "/deals/deal_north_06", body, as: "ben").status == 200)
            #expect(try await product.send(.patch, "/deals/deal_north_01", body, as: "ben").status == 200)
        }
    }
}
