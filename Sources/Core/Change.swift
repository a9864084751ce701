package import JSON

/// What a call would do, in words for whoever decides it.
///
/// Texts from the agent and from the source stand in quotation marks that they cannot close, on one line, cut in the middle
/// where they are long, and without characters that hide or reorder others.
package struct Change: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package var name: String
        /// What the record holds now, where that is known.
        package var old: String?
        /// What the call would put there; nil where nothing takes its place.
        package var new: String?

        package init(_ name: String, old: String?, new: String?) {
            self.name = name
            self.old = old
            self.new = new
        }
    }

    /// One sentence.
    package var title: String
    package var fields: [Field]
    package var warnings: [String]
    /// Stands for the state of the record that the sentence speaks of; nil where it was not read.
    package var mark: Digest?

    package init(title: String, fields: [Field] = [], warnings: [String] = [], mark: Digest? = nil) {
        self.title = title
        self.fields = fields
        self.warnings = warnings
        self.mark = mark
    }
}

extension Change.Field {
    var json: JSONValue {
        var object: JSONObject = ["name": .string(name)]
        if let old { object.append("old", .string(old)) }
        if let new { object.append("new", .string(new)) }
        return .object(object)
    }

    init?(json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.init(name, old: json["old"]?.string, new: json["new"]?.string)
    }
}

extension Change {
    package var json: JSONValue {
        var object: JSONObject = ["title": .string(title)]
        if !fields.isEmpty {
            object.append("fields", .array(fields.map(\.json)))
        }
        if !warnings.isEmpty { object.append("warnings", .array(warnings.map { .string($0) })) }
        if let mark { object.append("mark", .string(mark.hex)) }
        return .object(object)
    }

    /// - Returns: nil for JSON that no version of the journal writes.
    package init?(json: JSONValue) {
        guard let title = json["title"]?.string else { return nil }
        let fields = (json["fields"]?.array ?? []).compactMap(Field.init(json:))
        self.init(
            title: title, fields: fields, warnings: json["warnings"]?.array?.compactMap(\.string) ?? [],
            mark: json["mark"]?.string.flatMap { Digest(hex: $0) })
    }
}

/// A text of somebody else's, quoted: on one line, what hides or reorders by its number, cut in the middle, and with no quotation
/// mark of ours inside.
package func quoted(_ text: String, limit: Int = 120) -> String {
    var cleaned: [Unicode.Scalar] = []
    let scalars = text.unicodeScalars
    // Combining marks stand on what is before them, and a pile of them runs over the lines around it.
    var marks = 0
    for scalar in scalars.prefix(100_000) {
        let isMark =
            scalar.properties.generalCategory == .nonspacingMark
            || scalar.properties.generalCategory == .enclosingMark
        marks = isMark ? marks + 1 : 0
        if marks > 2 { continue }
        switch scalar {
        case _ where isQuotationMark(scalar): cleaned.append("'")
        case _ where scalar.isHidden: cleaned += scalar.visible.unicodeScalars
        case _ where scalar.isPrintable: cleaned.append(scalar)
        default: if cleaned.last != " ", scalar.visible == " " { cleaned.append(" ") }
        }
    }
    let left = scalars.count - min(scalars.count, 100_000)
    guard cleaned.count > limit || left > 0 else { return "“" + String(cleaned) + "”" }
    let half = limit / 2
    let hidden = cleaned.count + left - 2 * half
    return "“" + String(cleaned.prefix(half)) + "” … \(hidden) characters … “" + String(cleaned.suffix(half)) + "”"
}

/// What could be taken for a quotation mark of ours.
private func isQuotationMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .initialPunctuation, .finalPunctuation: true
    default: "\"„‟❛❜❝❞❟❠〝〞〟＂″‶˝ˮ〃".unicodeScalars.contains(scalar)
    }
}

/// The name of a field: as it is where it looks like one, and quoted otherwise, so that no sentence passes for a name.
func shownName(_ name: String) -> String {
    let isPlain =
        (1...64).contains(name.utf8.count)
        && name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
    return isPlain ? name : quoted(name, limit: 60)
}

extension String {
    fileprivate init(_ scalars: some Sequence<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}

/// A value as a person reads it. Texts are quoted, so that none passes for ours.
package func shown(_ value: JSONValue, limit: Int = 120) -> String {
    switch value {
    case .null: "nothing"
    case .bool(let bool): bool ? "yes" : "no"
    // A long number could hide its exponent.
    case .number(let number): number.text.utf8.count <= 24 ? number.text : quoted(number.text, limit: 40)
    case .string(let text): text == "[redacted]" ? "a secret" : quoted(text, limit: limit)
    case .array, .object: quoted(value.text, limit: limit)
    }
}
