import JSON

extension BodyTemplate {
    private struct Part {
        let header: String
        let content: [UInt8]
    }

    /// `multipart/form-data` (RFC 7578). The boundary follows from the content and occurs in none of the parts.
    func multipart(_ value: JSONValue) throws(RequestRefusal) -> (bytes: [UInt8], boundary: String) {
        var parts: [Part] = []
        for (part, argument, value) in try fields(value) {
            if let elements = value.array, part.content != .json {
                for element in elements { parts.append(try self.part(part, argument, element)) }
            } else if !value.isNull {
                parts.append(try self.part(part, argument, value))
            }
        }
        let boundary = Self.boundary(parts)
        var bytes: [UInt8] = []
        for part in parts {
            bytes += "--\(boundary)\r\n\(part.header)\r\n\r\n".utf8
            bytes += part.content
            bytes += "\r\n".utf8
        }
        bytes += "--\(boundary)--\r\n".utf8
        return (bytes, boundary)
    }

    private func part(_ part: FormPart, _ argument: String, _ value: JSONValue) throws(RequestRefusal) -> Part {
        let name = Self.quoted(part.property)
        var header = "Content-Disposition: form-data; name=\"\(name)\""
        if part.content == .bytes {
            guard let string = value.string, let bytes = Base64.decode(string) else {
                throw RequestRefusal(
                    code: .invalidBase64, argument: argument, message: "A file must be base64 with padding.")
            }
            header += "; filename=\"\(name)\"\r\nContent-Type: " + (part.contentType ?? "application/octet-stream")
            return Part(header: header, content: bytes)
        }
        let isJSON = part.content == .json || value.object != nil || value.array != nil
        if let type = part.contentType ?? (isJSON ? "application/json" : nil) { header += "\r\nContent-Type: " + type }
        if !isJSON, let string = value.string { return Part(header: header, content: Array(string.utf8)) }
        return Part(header: header, content: value.bytes)
    }

    /// As the WHATWG writes names of form fields.
    private static func quoted(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case 0x22: bytes += Array("%22".utf8)
            case 0x0A: bytes += Array("%0A".utf8)
            case 0x0D: bytes += Array("%0D".utf8)
            case 0..<0x20, 0x7F: continue
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func boundary(_ parts: [Part]) -> String {
        var salt = 0
        while true {
            var digest: UInt64 = 0
            for part in parts { digest = digest &* 31 &+ StableDigest.value(part.content, salt: salt) }
            let boundary = "sallyport-" + StableDigest.hex(String(digest), salt: salt, digits: 16)
            if !parts.contains(where: { contains($0.content, Array(boundary.utf8)) }) { return boundary }
            salt += 1
        }
    }

    private static func contains(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
        guard let first = word.first, bytes.count >= word.count else { return false }
        for start in 0...(bytes.count - word.count) where bytes[start] == first {
            if bytes[start..<(start + word.count)].elementsEqual(word) { return true }
        }
        return false
    }
}
