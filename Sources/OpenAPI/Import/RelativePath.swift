/// A path of a reference, read against the folder of the document.
enum RelativePath: Equatable {
    /// Normalised, without `.` and `..`, relative to the folder of the root document.
    case inside(String)
    case outside
    case network

    /// - Parameter base: the normalised path of the referring file.
    init(_ reference: String, from base: String) {
        guard let path = Self.percentDecoded(reference),
            !path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0x5C })
        else {
            self = .outside
            return
        }
        if Self.hasScheme(path) || path.utf8.starts(with: "//".utf8) {
            self = .network
            return
        }
        guard !path.utf8.starts(with: "/".utf8) else {
            self = .outside
            return
        }
        var folders = base.split(separator: "/").dropLast().map(String.init)
        // A query has no meaning for a file beside the document.
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                guard folders.popLast() != nil else {
                    self = .outside
                    return
                }
            default: folders.append(String(part))
            }
        }
        self = .inside(folders.joined(separator: "/"))
    }

    /// RFC 3986 §3.1; one letter and a colon is a drive.
    private static func hasScheme(_ path: String) -> Bool {
        for (index, byte) in path.utf8.enumerated() {
            switch byte {
            case 0x3A: return index > 0
            case 0x41...0x5A, 0x61...0x7A: continue
            case 0x30...0x39, 0x2B, 0x2D, 0x2E: if index == 0 { return false }
            default: return false
            }
        }
        return false
    }

    /// - Returns: nil when an escape is broken or the result is not UTF-8.
    static func percentDecoded(_ text: String) -> String? {
        guard text.utf8.contains(0x25) else { return text }
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(hexDigit), let low = iterator.next().flatMap(hexDigit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
