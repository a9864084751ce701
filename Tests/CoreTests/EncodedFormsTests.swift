import Core
import Foundation
import TestSupport
import Testing

@Suite struct EncodedFormsTests {
    @Test func `a secret is found in whatever encoding it is, and wherever it begins`() {
        var generator = SplitMix64(seed: 11)
        for _ in 0..<300 {
            let value = (0..<Int.random(in: 8...40, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            let forms = encodedForms(of: value)
            let before = (0..<Int.random(in: 0...5, using: &generator)).map { UInt8(truncatingIfNeeded: $0 * 71) }
            let after = (0..<Int.random(in: 0...5, using: &generator)).map { UInt8(truncatingIfNeeded: $0 * 93) }
            let text = Data(before + value + after)
            let base64 = text.base64EncodedString()
            let web = base64.replacing("+", with: "-").replacing("/", with: "_")
            let lower = text.map { String(format: "%02x", $0) }.joined()
            let percent = text.map { String(format: "%%%02X", $0) }.joined()
            let unreserved = CharacterSet(charactersIn: "-._~").union(
                CharacterSet(charactersIn: "a"..."z").union(CharacterSet(charactersIn: "A"..."Z"))
                    .union(CharacterSet(charactersIn: "0"..."9")))
            for whole in [base64, web, lower, lower.uppercased(), percent] {
                let isFound = forms.contains { form in
                    form.count >= 8 && Data(whole.utf8).range(of: Data(form)) != nil
                }
                #expect(isFound, "\(value) in \(whole)")
            }
            let word = String(decoding: value.map { $0 & 0x7F }, as: UTF8.self)
            if let escaped = word.addingPercentEncoding(withAllowedCharacters: unreserved) {
                #expect(encodedForms(of: Array(word.utf8)).contains(Array(escaped.utf8)))
            }
        }
    }

    @Test func `what the neighbours determine is no part of a form`() {
        #expect(encodedForms(of: Array("harbour1".utf8)).contains(Array("aGFyYm91cj".utf8)))
        #expect(encodedForms(of: []).allSatisfy { $0.isEmpty })
    }
}
