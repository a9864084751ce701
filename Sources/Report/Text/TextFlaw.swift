/// What in a text is not meant for the person who reads it.
package struct TextFlaw: Sendable, Hashable {
    /// What is wrong. The spellings are stable: findings are tracked by them.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Characters that terminals and logs obey: C0, DEL, C1, and the line ends beside U+000A.
        case controlCharacters = "control-characters"
        /// Characters that show the text in another order than it is read by a program (CVE-2021-42574).
        case directionChanges = "bidi-characters"
        /// Characters that do not show: zero width, tags, variation selectors with nothing to vary, soft hyphens.
        case invisibleCharacters = "invisible-characters"
        /// Letters that look like others: a word of two scripts, or of mathematical letters (UTS 39).
        case lookalikes = "mixed-scripts"
        /// Sentences in base64 or hexadecimal, and letters as escapes where none is needed.
        case encodedText = "encoded-text"
        /// Sentences where a rendered page does not show them: comments and titles of links.
        case hiddenMarkup = "hidden-markup"
        /// Text that steers a model instead of describing the tool.
        case instruction = "instruction-to-a-model"
        /// More than a person reads.
        case tooLong = "too-long"
    }

    package let kind: Kind
    /// What was found, for a reviewer: quotes at most 80 characters, with everything that does not show as U+XXXX.
    package let evidence: String

    package init(_ kind: Kind, _ evidence: String) {
        self.kind = kind
        self.evidence = evidence
    }
}
