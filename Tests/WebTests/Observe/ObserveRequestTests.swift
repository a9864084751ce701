import Testing
import Web

@Suite struct ObserveRequestTests {
    @Test(arguments: ["127.0.0.1", "127.0.0.1:9464", "localhost", "localhost:1", "[::1]:9464"])
    func `this machine is known by its names`(_ host: String) {
        #expect(ObserveRequest("GET", "/metrics", host: host).isToLoopback)
    }

    @Test(arguments: [
        nil, "", "localhost.example", "127.0.0.1.example:9464", "example", "[::1].example", "127.0.0.10", "10.0.0.1",
    ])
    func `other names are another's`(_ host: String?) {
        #expect(!ObserveRequest("GET", "/metrics", host: host).isToLoopback)
    }

    @Test func `a bearer token is what stands behind the word`() {
        for (text, token) in [
            ("Bearer abc", "abc"), ("bearer abc", "abc"), ("Basic abc", nil), ("Bearer", nil), ("", nil), (nil, nil),
        ] as [(String?, String?)] {
            #expect(ObserveRequest("GET", "/", authorization: text).token == token)
        }
    }
}
