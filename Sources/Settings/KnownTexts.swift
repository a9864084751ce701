import JSON
import Report

/// The texts that were looked at before, with what in them is not meant for a reader. Operations share most of theirs.
struct KnownTexts {
    private var texts: [Text: [TextFlaw]] = [:]
    /// Definitions by name, as they were looked at, with the flaws of their texts.
    private var definitions: [String: (schema: JSONValue, flawed: [String: [TextFlaw]])] = [:]

    /// - Parameter flawed: gets the text where it has flaws.
    mutating func look(at text: String, _ flawed: inout [String: [TextFlaw]]) {
        let key = Text(text)
        let flaws: [TextFlaw]
        if let former = texts[key] {
            flaws = former
        } else {
            flaws = findTextFlaws(in: text)
            texts[key] = flaws
        }
        if !flaws.isEmpty { flawed[text] = flaws }
    }

    /// Looks at every text of a schema. A definition that another schema shares is looked at once: equal values that have one
    /// storage are told at once.
    mutating func look(atSchema schema: JSONValue, _ flawed: inout [String: [TextFlaw]]) {
        guard let object = schema.object else { return }
        for member in object {
            guard member.key == "$defs", let shared = member.value.object else {
                SchemaView.visitTexts(in: [member.key: member.value]) { look(at: $0, &flawed) }
                continue
            }
            for definition in shared {
                if let known = definitions[definition.key], known.schema == definition.value {
                    flawed.merge(known.flawed) { first, _ in first }
                    continue
                }
                var own: [String: [TextFlaw]] = [:]
                SchemaView.visitTexts(in: [definition.key: definition.value]) { look(at: $0, &own) }
                flawed.merge(own) { first, _ in first }
                definitions[definition.key] = (definition.value, own)
            }
        }
    }

    /// A text by its bytes: texts that only look alike are two.
    private struct Text: Hashable {
        let text: String

        init(_ text: String) {
            self.text = text
        }

        static func == (left: Text, right: Text) -> Bool { left.text.hasSameBytes(as: right.text) }

        func hash(into hasher: inout Hasher) {
            hasher.combine(text)
        }
    }
}
