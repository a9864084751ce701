import HTTPTypes
import JSON
import TestSupport
import Testing

struct RefundsTests {
    /// Paid with 149.00 EUR.
    static let path = "/payments/pay_north_01/refunds"

    static func body(_ cents: Int, _ currency: String = "EUR") -> String {
        let fraction = cents % 100
        return #"{"amount":\#(cents / 100).\#(fraction < 10 ? "0" : "")\#(fraction),"currency":"\#(currency)"}"#
    }

    @Test func `in part, then the rest, then nothing is left`() async throws {
        try await Product.run { product async throws in
            let first = try await product.post(Self.path, #"{"amount":49.01,"currency":"EUR","reason":"late"}"#)
            #expect(first.status == 201)
            #expect(first.number("amount") == "49.01")
            #expect(first.string("reason") == "late")
            #expect(first.string("created_by") == "usr_ana")
            var payment = try await product.get("/payments/pay_north_01")
            #expect(payment.string("status") == "partially_refunded")
            #expect(payment.number("refunded") == "49.01")

            #expect(try await product.post(Self.path, Self.body(10_000)).isProblem(409))
            #expect(try await product.post(Self.path, Self.body(9_999)).status == 201)
            payment = try await product.get("/payments/pay_north_01")
            #expect(payment.string("status") == "refunded")
            #expect(payment.number("refunded") == "149")

            #expect(try await product.post(Self.path, Self.body(1)).isProblem(409))
            #expect(
                try await product.get(Self.path).items.compactMap { $0["amount"]?.number?.text } == ["49.01", "99.99"])
        }
    }

    @Test func `without a key, twice is twice`() async throws {
        try await Product.run { product async throws in
            let first = try await product.post(Self.path, Self.body(5_000))
            let second = try await product.post(Self.path, Self.body(5_000))
            #expect([first.status, second.status] == [201, 201])
            #expect(first.string("id") != second.string("id"))
            #expect(try await product.get("/payments/pay_north_01").number("refunded") == "100")
        }
    }

    @Test func `with a key, twice is once`() async throws {
        try await Product.run { product async throws in
            let key = ["Idempotency-Key": "refund-1"]
            let replayed = try #require(HTTPField.Name("Idempotency-Replayed"))
            let first = try await product.post(Self.path, Self.body(10_000), headers: key)
            #expect(first.status == 201)
            #expect(first.headers[replayed] == nil)
            // The same request in other bytes; as a new refund it would exceed the payment.
            let again = try await product.post(
                Self.path, #"{ "currency": "EUR", "amount": 100 }"#, headers: key)
            #expect(again.status == 201)
            #expect(again.json == first.json)
            #expect(again.headers[replayed] == "true")
            #expect(try await product.get("/payments/pay_north_01").number("refunded") == "100")
            #expect(try await product.get(Self.path).items.count == 1)
        }
    }

    @Test func `concurrent repeats with a key are one refund`() async throws {
        try await Product.run { product async throws in
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let key = ["Idempotency-Key": "refund-1"]
                        return try await product.post(Self.path, Self.body(1_000), headers: key).string("id")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ids.count == 20)
            #expect(Set(ids).count == 1)
            #expect(try await product.get("/payments/pay_north_01").number("refunded") == "10")
        }
    }

    @Test func `a key stands for one request of one user`() async throws {
        try await Product.run { product async throws in
            let key = ["Idempotency-Key": "refund-1"]
            #expect(try await product.post(Self.path, Self.body(1_000), headers: key).status == 201)
            #expect(try await product.post(Self.path, Self.body(1_001), headers: key).isProblem(422))
            let otherPayment = "/payments/pay_north_02/refunds"
            #expect(try await product.post(otherPayment, Self.body(1_000), headers: key).isProblem(422))
            let withReason = #"{"amount":10,"currency":"EUR","reason":"r"}"#
            #expect(try await product.post(Self.path, withReason, headers: key).isProblem(422))
            #expect(try await product.post(Self.path, Self.body(1_000), as: "ben", headers: key).status == 201)
            #expect(try await product.get("/payments/pay_north_01").number("refunded") == "20")
        }
    }

    @Test func `a refused request does not use up its key`() async throws {
        try await Product.run { product async throws in
            let key = ["Idempotency-Key": "refund-1"]
            #expect(try await product.post(Self.path, Self.body(20_000), headers: key).isProblem(409))
            #expect(try await product.post(Self.path, Self.body(1_000), headers: key).status == 201)
        }
    }

    @Test func `keys have 1 to 255 bytes`() async throws {
        try await Product.run { product async throws in
            for (length, status) in [(0, 400), (1, 201), (255, 201), (256, 400)] {
                let key = ["Idempotency-Key": String(repeating: "k", count: length)]
                #expect(try await product.post(Self.path, Self.body(100), headers: key).status == status)
            }
        }
    }

    @Test(arguments: [
        (#"{"amount":10.001,"currency":"EUR"}"#, ["amount"]), (#"{"amount":0,"currency":"EUR"}"#, ["amount"]),
        (#"{"amount":-1,"currency":"EUR"}"#, ["amount"]), (#"{"amount":1e30,"currency":"EUR"}"#, ["amount"]),
        (#"{"amount":10,"currency":"USD"}"#, ["currency"]), (#"{"amount":10,"currency":"eur"}"#, ["currency"]),
        (#"{"amount":0,"currency":"","reason":""}"#, ["amount", "currency", "reason"]),
    ])
    func `fields that are not valid are named`(body: String, fields: [String]) async throws {
        try await Product.run { product async throws in
            let answer = try await product.post(Self.path, body)
            #expect(answer.isProblem(422))
            #expect(answer.fieldErrors == fields)
            #expect(try await product.get(Self.path).items.isEmpty)
        }
    }

    @Test(arguments: ["{}", #"{"amount":"10","currency":"EUR"}"#, #"{"amount":null,"currency":"EUR"}"#])
    func `a body that is not understood is 400`(body: String) async throws {
        try await Product.run { product async throws in
            #expect(try await product.post(Self.path, body).isProblem(400))
        }
    }

    @Test func `payments of another tenant are out of reach`() async throws {
        try await Product.run { product async throws in
            #expect(try await product.post(Self.path, Self.body(100), as: "cleo").isProblem(404))
            #expect(try await product.get(Self.path, as: "cleo").isProblem(404))
            #expect(try await product.get("/payments/pay_north_01").number("refunded") == "0")
        }
    }

    /// Law: whatever is asked, what is refunded is the sum of what was accepted and stays within the payment.
    @Test func `refunds add up to the cent`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("refunds add up to the cent: seed \(seed)")
        try await Product.run { product async throws in
            var generator = SplitMix64(seed: seed)
            var left = 14_900
            for _ in 0..<60 {
                let cents = Int.random(in: 1...(Bool.random(using: &generator) ? 600 : 20_000), using: &generator)
                let answer = try await product.post(Self.path, Self.body(cents))
                #expect(answer.status == (cents <= left ? 201 : 409), "\(cents) of \(left) left, seed \(seed)")
                if answer.status == 201 { left -= cents }
                let refunded = try await product.get("/payments/pay_north_01").json["refunded"]?.number?.double
                #expect(refunded == Double(14_900 - left) / 100, "seed \(seed)")
            }
        }
    }
}
