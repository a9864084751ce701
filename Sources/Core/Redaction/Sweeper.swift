package import JSON

/// Takes secrets out of what is about to be written down, wherever they stand: values of the vault, texts with the published form of a
/// token, and words that are secrets by their looks behind a name that says so. A keyed hash stays in their place.
package struct Sweeper: Sendable {
    private let known: @Sendable () -> KnownSecrets?
    private let digest: @Sendable ([UInt8]) -> Digest

    /// - Parameters:
    ///   - known: values that are known to be secrets, as of now.
    ///   - digest: a keyed hash, by which somebody who holds a value can tell whether it was this one.
    package init(
        known: @escaping @Sendable () -> KnownSecrets?, digest: @escaping @Sendable ([UInt8]) -> Digest
    ) {
        self.known = known
        self.digest = digest
    }

    /// What stands in place of a value.
    package func placeholder(_ value: [UInt8]) -> String {
        "[redacted:\(digest(Array("sallyport/redacted/v1\n".utf8) + value).hex.prefix(32))]"
    }

    /// How far a member of an object is free text.
    package enum Extent: Sendable, Hashable {
        /// Its texts are; the names in it are those of a format.
        case values
        case all
    }

    /// JSON without secrets.
    ///
    /// - Parameters:
    ///   - members: which members of an object, or of the objects of a list, may lose something; what else it holds is a format's
    ///     own, and stays. Nil where everything may.
    ///   - ranges: where the values of those members stand, where that is known: nothing else needs to be looked through.
    /// - Returns: nil where there is nothing to take out, which is nearly always.
    package func sweep(
        json bytes: [UInt8], only members: [String: Extent]? = nil, in ranges: [Range<Int>]? = nil
    ) -> [UInt8]? {
        let known = known()
        let isClean =
            if let ranges {
                ranges.allSatisfy { places(in: Array(bytes[$0]), known, isJSON: true).isEmpty }
            } else {
                places(in: bytes, known, isJSON: true).isEmpty
            }
        if isClean { return nil }
        let options = JSONParser.Options(maxDepth: 512, maxBytes: 64 << 20, recordsDuplicates: true, allowsNull: true)
        guard let value = try? JSONParser.parse(bytes, options: options) else { return nil }
        guard let members else { return sweep(value, known).bytes }
        return sweep(value, members, known).bytes
    }

    /// An object whose texts are without secrets, and whose names are what they were.
    package func sweep(valuesOf object: JSONObject) -> JSONObject {
        sweep(.object(object), known(), names: false).object ?? [:]
    }

    private func sweep(_ value: JSONValue, _ members: [String: Extent], _ known: KnownSecrets?) -> JSONValue {
        switch value {
        case .array(let array): .array(array.map { sweep($0, members, known) })
        case .object(let object):
            .object(
                JSONObject(
                    members: object.map { member in
                        guard let extent = members[member.key] else { return member }
                        return JSONObject.Member(
                            key: member.key, value: sweep(member.value, known, names: extent == .all))
                    }))
        case .string, .number, .null, .bool: value
        }
    }

    /// Text without secrets.
    package func sweep(_ text: String) -> String {
        sweep(text, known())
    }

    private func sweep(_ value: JSONValue, _ known: KnownSecrets?, names: Bool = true) -> JSONValue {
        switch value {
        case .string(let text): return .string(sweep(text, known))
        case .array(let array): return .array(array.map { sweep($0, known, names: names) })
        case .object(let object):
            return .object(
                JSONObject(
                    members: object.map {
                        JSONObject.Member(
                            key: names ? sweep($0.key, known) : $0.key, value: sweep($0.value, known, names: names))
                    })
            )
        case .number:
            let bytes = value.bytes
            return known?.find(in: bytes).isEmpty ?? true ? value : .string(placeholder(bytes))
        case .null, .bool: return value
        }
    }

    private func sweep(_ text: String, _ known: KnownSecrets?) -> String {
        let bytes = Array(text.utf8)
        let places = places(in: bytes, known)
        guard !places.isEmpty else { return text }
        var result: [UInt8] = []
        var start = 0
        for place in places {
            result += bytes[start..<place.lowerBound]
            result += placeholder(Array(bytes[place])).utf8
            start = place.upperBound
        }
        return String(decoding: result + bytes[start...], as: UTF8.self)
    }

    /// Where secrets stand, in their order and without overlaps.
    private func places(in bytes: [UInt8], _ known: KnownSecrets?, isJSON: Bool = false) -> [Range<Int>] {
        var places = known?.find(in: bytes) ?? []
        for shape in findTokenShapes(in: bytes.span) { places.append(shape.secret) }
        places += findNamedSecrets(in: bytes, isJSON: isJSON)
        if places.count < 2 { return places }
        var merged: [Range<Int>] = []
        for place in places.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, place.lowerBound < last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, place.upperBound)
            } else {
                merged.append(place)
            }
        }
        return merged
    }
}
