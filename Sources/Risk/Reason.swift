extension Risk {
    /// One sentence of evidence, and what it is evidence for.
    ///
    /// A sentence names the field that it comes from and quotes single words of it, cleaned and short: foreign text
    /// never speaks through it.
    package struct Reason: Sendable, Hashable, CustomStringConvertible {
        package enum Aspect: Sendable, Hashable {
            case level
            case category(Category)
            case effect
            case bucket
            case confidence
        }

        package var aspect: Aspect
        package var text: String

        package init(_ aspect: Aspect, _ text: String) {
            self.aspect = aspect
            self.text = text
        }

        package var description: String {
            switch aspect {
            case .level: "level: \(text)"
            case .category(let category): "\(category.rawValue): \(text)"
            case .effect: "effect: \(text)"
            case .bucket: "bucket: \(text)"
            case .confidence: "confidence: \(text)"
            }
        }
    }
}

/// A word as evidence shows it: letters, digits and a few signs, at most 32 characters.
func quoted(_ word: String) -> String {
    var text = ""
    for scalar in word.unicodeScalars.prefix(32) {
        let isPlain =
            scalar.properties.isAlphabetic || scalar.value >= 0x30 && scalar.value <= 0x39
            || " -_:/{}$".unicodeScalars.contains(scalar)
        text.unicodeScalars.append(isPlain ? scalar : "?")
    }
    return "\"\(text)\""
}
