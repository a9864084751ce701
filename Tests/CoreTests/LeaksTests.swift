import Core
import TestSupport
import Testing

@Suite struct LeaksTests {
    private let secret = "SECRETKEY-ana/+1"

    @Test(arguments: [
        "the key is SECRETKEY-ana/+1.", "{\"k\":\"U0VDUkVUS0VZLWFuYS8rMQ==\"}", "xxU0VDUkVUS0VZLWFuYS8rMQyy",
        "YlNFQ1JFVEtFWS1hbmEvKzE=", "YWJTRUNSRVRLRVktYW5hLysx", "5345435245544b45592d616e612f2b31",
        "5345435245544B45592D616E612F2B31", "key=SECRETKEY-ana%2F%2B1&x",
        "%53%45%43%52%45%54%4b%45%59%2d%61%6E%61%2F%2b%31", "S%45CRETKEY-an%61/%2b1", "key=SECRETKEY-ana%252F%252B1",
    ])
    func `a secret is found as it is and in common encodings`(text: String) {
        #expect(leaks(Array(secret.utf8), in: Array(text.utf8)))
    }

    @Test(arguments: [
        "", "SECRETKEY-ana/+", "an ordinary answer with a long_identifier_that_is_none 100%", "%53%45%43%52%45%54%4",
        "%",
    ])
    func `an ordinary answer is none`(text: String) {
        #expect(!leaks(Array(secret.utf8), in: Array(text.utf8)))
    }

    @Test(arguments: 0..<200)
    func `an encoded secret is found wherever it stands, and an ordinary text is not`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let secret = (0..<Int.random(in: 6...48, using: &random)).map { _ in
            UInt8.random(in: 0x40...0x7E, using: &random)
        }
        func noise() -> [UInt8] {
            (0..<Int.random(in: 0...120, using: &random)).map { _ in UInt8.random(in: 0x20...0x2A, using: &random) }
        }
        let digits = Array("0123456789abcdef".utf8)
        let hex = secret.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        #expect(leaks(secret, in: noise() + hex + noise()), "seed \(seed)")
        #expect(leaks(secret, in: noise() + secret + noise()), "seed \(seed)")
        #expect(!leaks(secret, in: noise() + hex.dropLast(2) + noise()), "seed \(seed)")
    }

    @Test(arguments: 0..<100)
    func `a byte is found wherever it stands`(count: Int) {
        for byte: UInt8 in [0, 1, 0x25, 0x5C, 0x80, 0xFF] {
            let others = [UInt8](repeating: byte ^ 1, count: count)
            let isFound = others.span.holds(byte)
            #expect(!isFound)
            for index in others.indices {
                var text = others
                text[index] = byte
                let isFound = text.span.holds(byte)
                #expect(isFound, "byte \(byte) at \(index) of \(count)")
            }
        }
    }

    @Test func `the password of a pair is a secret of its own`() {
        #expect(leaks(Array("user:pw_CANARY_55e0".utf8), in: Array("it is pw_CANARY_55e0".utf8)))
    }
}
