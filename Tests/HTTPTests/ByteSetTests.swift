import Testing

@testable import HTTP

@Suite struct ByteSetTests {
    @Test func `sets hold their characters and nothing beyond ASCII`() {
        let token = Set("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(ByteSet.token.contains(byte) == token.contains(byte), "\(byte)")
            #expect(
                ByteSet.token68.contains(byte) == Set("-._~+/=".utf8).union(ByteSetTests.alphanumeric).contains(byte))
            let isVisible = byte >= 0x20 && byte != 0x7F || byte == 0x09
            #expect(ByteSet.isFieldValue(byte) == isVisible, "\(byte)")
        }
    }

    @Test func `letters are lowered and hexadecimal digits are read`() {
        #expect("aZ[@é".utf8.map(ByteSet.lowercased) == Array("az[@é".utf8))
        #expect("09afAFgG/:".utf8.map(ByteSet.nibble) == [0, 9, 10, 15, 10, 15, nil, nil, nil, nil])
    }

    private static let alphanumeric = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
}
