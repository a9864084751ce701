/// Which keywords a schema resource is written in.
struct Dialect: Sendable, Hashable {
    enum Draft: Sendable {
        case draft7
        case draft2019
        case draft2020
    }

    struct Vocabularies: OptionSet, Hashable, Sendable {
        let rawValue: UInt16
        static let core = Vocabularies(rawValue: 1)
        static let applicator = Vocabularies(rawValue: 2)
        static let unevaluated = Vocabularies(rawValue: 4)
        static let validation = Vocabularies(rawValue: 8)
        static let metadata = Vocabularies(rawValue: 16)
        static let formatAnnotation = Vocabularies(rawValue: 32)
        static let formatAssertion = Vocabularies(rawValue: 64)
        static let content = Vocabularies(rawValue: 128)
        static let standard: Vocabularies = [
            .core, .applicator, .unevaluated, .validation, .metadata, .formatAnnotation, .content,
        ]
    }

    var draft: Draft
    var vocabularies: Vocabularies

    static let draft2020 = Dialect(draft: .draft2020, vocabularies: .standard)

    /// The dialect that a URI names by itself; it stands without its empty fragment.
    static func builtIn(_ uri: String) -> Dialect? {
        switch uri {
        case "https://json-schema.org/draft/2020-12/schema",
            // Adds only annotations to 2020-12 (OpenAPI 3.1.1 §4.8.24.1).
            "https://spec.openapis.org/oas/3.1/dialect/base":
            draft2020
        case "https://json-schema.org/draft/2019-09/schema": Dialect(draft: .draft2019, vocabularies: .standard)
        case "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema":
            Dialect(draft: .draft7, vocabularies: .standard)
        default: nil
        }
    }

    /// The vocabularies that a URI in `$vocabulary` stands for.
    static func vocabulary(_ uri: String, isRequired: Bool) -> Vocabularies? {
        switch uri {
        case "https://json-schema.org/draft/2020-12/vocab/core", "https://json-schema.org/draft/2019-09/vocab/core":
            .core
        case "https://json-schema.org/draft/2020-12/vocab/applicator": .applicator
        case "https://json-schema.org/draft/2019-09/vocab/applicator": [.applicator, .unevaluated]
        case "https://json-schema.org/draft/2020-12/vocab/unevaluated": .unevaluated
        case "https://json-schema.org/draft/2020-12/vocab/validation",
            "https://json-schema.org/draft/2019-09/vocab/validation":
            .validation
        case "https://json-schema.org/draft/2020-12/vocab/meta-data",
            "https://json-schema.org/draft/2019-09/vocab/meta-data":
            .metadata
        case "https://json-schema.org/draft/2020-12/vocab/format-annotation": .formatAnnotation
        case "https://json-schema.org/draft/2020-12/vocab/format-assertion": .formatAssertion
        case "https://json-schema.org/draft/2019-09/vocab/format": isRequired ? .formatAssertion : .formatAnnotation
        case "https://json-schema.org/draft/2020-12/vocab/content",
            "https://json-schema.org/draft/2019-09/vocab/content":
            .content
        case "https://spec.openapis.org/oas/3.1/vocab/base": .metadata
        default: nil
        }
    }

    /// The keyword that a member of a schema is, nil when the dialect does not know it.
    func keyword(_ name: String) -> Keyword? {
        guard let keyword = Keyword(name: name) else { return nil }
        return has(keyword) ? keyword : nil
    }

    private func has(_ keyword: Keyword) -> Bool {
        switch keyword {
        case .id, .schema, .ref, .comment, .definitions: true
        case .anchor, .vocabulary, .defs: draft != .draft7
        case .dynamicRef, .dynamicAnchor: draft == .draft2020
        case .recursiveRef, .recursiveAnchor: draft != .draft7
        case .allOf, .anyOf, .oneOf, .not, .if, .then, .else, .items, .contains, .properties, .patternProperties,
            .additionalProperties, .propertyNames, .dependencies:
            vocabularies.contains(.applicator)
        case .prefixItems: draft == .draft2020 && vocabularies.contains(.applicator)
        case .additionalItems: draft != .draft2020 && vocabularies.contains(.applicator)
        case .dependentSchemas: draft != .draft7 && vocabularies.contains(.applicator)
        case .unevaluatedItems, .unevaluatedProperties: draft != .draft7 && vocabularies.contains(.unevaluated)
        case .maxContains, .minContains, .dependentRequired:
            draft != .draft7 && vocabularies.contains(.validation)
        case .type, .const, .enum, .multipleOf, .maximum, .exclusiveMaximum, .minimum, .exclusiveMinimum, .maxLength,
            .minLength, .pattern, .maxItems, .minItems, .uniqueItems, .maxProperties, .minProperties, .required:
            vocabularies.contains(.validation)
        case .format: !vocabularies.isDisjoint(with: [.formatAnnotation, .formatAssertion])
        case .contentEncoding, .contentMediaType: vocabularies.contains(.content)
        case .contentSchema: draft != .draft7 && vocabularies.contains(.content)
        case .title, .description, .default, .readOnly, .writeOnly, .examples: vocabularies.contains(.metadata)
        case .deprecated: draft != .draft7 && vocabularies.contains(.metadata)
        }
    }
}
