/// A text as a model may read it: bytes of ASCII in place of what looks like them, and where each byte comes from.
struct Passage: Sendable {
    /// Letters as they are, look-alikes as what they look like, invisible characters left out.
    private(set) var bytes: [UInt8]
    /// In which form the text was found, in words; nil for the text itself.
    let form: String?
    private let scalars: [Unicode.Scalar]
    private var origins: [Int32]

    init(plain bytes: [UInt8], form: String? = nil) {
        self.bytes = bytes
        self.form = form
        scalars = []
        origins = []
    }

    init(folding scalars: [Unicode.Scalar]) {
        bytes = []
        form = nil
        self.scalars = scalars
        origins = []
        bytes.reserveCapacity(scalars.count + scalars.count / 4)
        origins.reserveCapacity(scalars.count + scalars.count / 4)
        for (index, scalar) in scalars.enumerated() {
            let origin = Int32(truncatingIfNeeded: index)
            func append(_ byte: UInt8) {
                bytes.append(byte)
                origins.append(origin)
            }
            if scalar.value < 0x80 {
                append(UInt8(truncatingIfNeeded: scalar.value))
            } else if let byte = scalar.lookalike ?? scalar.unstyled {
                append(byte)
            } else if scalar == "\u{2019}" || scalar == "\u{2018}" {
                append(UInt8(ascii: "'"))
            } else if scalar.properties.isWhitespace {
                append(UInt8(ascii: " "))
            } else if !scalar.properties.isDefaultIgnorableCodePoint, !scalar.properties.isBidiControl {
                // Letters with accents and other scripts separate nothing; everything else does.
                for byte in String(Character(scalar)).utf8 {
                    append(scalar.properties.isAlphabetic ? byte : UInt8(ascii: ","))
                }
            }
        }
    }

    /// A part in quotation marks, as it is written in the text.
    func quoted(_ range: Range<Int>) -> String {
        let range = range.clamped(to: bytes.indices)
        guard !scalars.isEmpty else { return quote(Array(bytes[range])) }
        guard let first = range.first, let last = range.last else { return "\"\"" }
        return quote(scalars[Int(origins[first])...Int(origins[last])])
    }
}
