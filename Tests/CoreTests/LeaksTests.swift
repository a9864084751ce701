import Core
import Testing

@Suite struct LeaksTests {
    private let secret = "SECRETKEY-ana/+1"

    @Test(arguments: [
        "the key is SECRETKEY-ana/+1.", "{\"k\":\"U0VDUkVUS0VZLWFuYS8rMQ==\"}", "xxU0VDUkVUS0VZLWFuYS8rMQyy",
        "YlNFQ1JFVEtFWS1hbmEvKzE=", "YWJTRUNSRVRLRVktYW5hLysx", "5345435245544b45592d616e612f2b31",
        "5345435245544B45592D616E612F2B31", "key=SECRETKEY-ana%2F%2B1&x",
    ])
    func `a secret is found as it is and in common encodings`(text: String) {
        #expect(leaks(Array(secret.utf8), in: Array(text.utf8)))
    }

    @Test(arguments: ["", "SECRETKEY-ana/+", "an ordinary answer with a long_identifier_that_is_none 100%"])
    func `an ordinary answer is none`(text: String) {
        #expect(!leaks(Array(secret.utf8), in: Array(text.utf8)))
    }

    @Test func `the password of a pair is a secret of its own`() {
        #expect(leaks(Array("user:pw_CANARY_55e0".utf8), in: Array("it is pw_CANARY_55e0".utf8)))
    }
}
