import HTTPTypes
import JSON
import Testing

struct RequestCountsTests {
    @Test func `every request counts for its endpoint, refused ones too`() async throws {
        try await Product.run { product async throws in
            #expect(try await product.get("/_stats", as: nil).json == ["endpoints": [:], "total": 0])
            _ = try await product.get("/customers/cus_north_01")
            _ = try await product.get("/customers/nobody")
            _ = try await product.get("/customers/cus_north_01", as: nil)
            _ = try await product.post("/payments/pay_north_01/refunds", "{}")
            _ = try await product.send(.delete, "/payments")
            let stats = try await product.get("/_stats", as: nil)
            #expect(stats.json["total"]?.int == 5)
            let endpoints = try #require(stats.json["endpoints"]?.object)
            #expect(endpoints["GET /customers/{customerId}"]?.int == 3)
            #expect(endpoints["POST /payments/{paymentId}/refunds"]?.int == 1)
            #expect(endpoints["unrouted"]?.int == 1)
            #expect(endpoints.count == 3)
        }
    }
}
