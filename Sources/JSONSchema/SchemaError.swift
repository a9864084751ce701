package import JSON

/// Why a document is not accepted as a schema, and where in it.
package struct SchemaError: Error, Sendable, Hashable {
    package enum Code: String, Sendable {
        /// `$schema` names a dialect that is neither built in nor among the given documents.
        case unknownDialect
        /// The dialect requires a vocabulary that is not known here.
        case unknownVocabulary
        /// A keyword of the standard that is not enforced here.
        case unsupportedKeyword
        /// A keyword's value is not of the form that the standard demands.
        case malformedKeyword
        /// A regular expression that ``Pattern`` refuses.
        case badPattern
        /// A format that the dialect wants asserted and that is not known here.
        case unknownFormat
        /// `$id` or an anchor is not of the form that the standard demands.
        case badIdentifier
        /// Two schemas share a URI or an anchor.
        case duplicateIdentifier
        /// A reference leads nowhere within the given documents.
        case unresolvableReference
        /// Schemas apply each other to the same value without end.
        case referenceLoop
        /// Over one of ``Schema/Limits``.
        case tooLarge
    }

    package let code: Code
    /// The place in the document that holds the problem.
    package let pointer: JSONPointer
    /// URI of that document; nil for the one that was to be compiled.
    package let document: String?
    package let message: String

    init(_ code: Code, at pointer: JSONPointer, in document: String? = nil, _ message: String) {
        self.code = code
        self.pointer = pointer
        self.document = document
        self.message = message
    }
}
