import JSON
import Testing

struct MessagesTests {
    @Test func `sent is listed, in the own tenant only`() async throws {
        try await Product.run { product async throws in
            let body = #"{"to":"petra@novakoptics.example","subject":"Pilot","body":"Hello Petra"}"#
            let sent = try await product.post("/messages", body)
            #expect(sent.status == 201)
            #expect(sent.string("sender_id") == "usr_ana")
            let list = try await product.get("/messages")
            #expect(list.items.count == 4)
            #expect(list.items.last == sent.json)
            #expect(Set(list.column("tenant_id")) == ["acme-north"])
            #expect(try await product.get("/messages", as: "cleo").items.count == 2)
        }
    }

    @Test(arguments: [
        (#"{"to":"petra","subject":"s","body":"b"}"#, 422), (#"{"to":"a@b","subject":"","body":"b"}"#, 422),
        (#"{"to":"a@b","subject":"s","body":""}"#, 422), (#"{"to":"a@b\r\nBcc: c@d","subject":"s","body":"b"}"#, 422),
        (#"{"to":["a@b"],"subject":"s","body":"b"}"#, 400),
    ])
    func `what cannot be sent is refused and not stored`(body: String, status: Int) async throws {
        try await Product.run { product async throws in
            #expect(try await product.post("/messages", body).isProblem(status))
            #expect(try await product.get("/messages").items.count == 3)
        }
    }
}
