import Foundation
import TestSupport
import Testing

@testable import OpenAPI

struct Base64Tests {
    @Test(arguments: 0..<20)
    func `what was encoded is decoded`(_ seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let bytes = (0..<seed).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(Base64.decode(Data(bytes).base64EncodedString()) == bytes)
    }

    @Test(arguments: ["a", "ab", "abc", "ab=c", "====", "YR==", "YWJ=", "YQ=\n", "YQ-_", "YQ==YQ=="])
    func `one text for each value`(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
