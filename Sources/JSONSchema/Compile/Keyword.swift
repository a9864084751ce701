/// The keywords of 2020-12, 2019-09 and draft 7.
enum Keyword: String, CaseIterable, Sendable {
    case id = "$id"
    case schema = "$schema"
    case ref = "$ref"
    case anchor = "$anchor"
    case dynamicRef = "$dynamicRef"
    case dynamicAnchor = "$dynamicAnchor"
    case recursiveRef = "$recursiveRef"
    case recursiveAnchor = "$recursiveAnchor"
    case vocabulary = "$vocabulary"
    case comment = "$comment"
    case defs = "$defs"
    case definitions
    case allOf, anyOf, oneOf, not
    case `if`, then, `else`
    case dependentSchemas, dependencies
    case prefixItems, items, additionalItems, contains
    case properties, patternProperties, additionalProperties, propertyNames
    case unevaluatedItems, unevaluatedProperties
    case type, const, `enum`
    case multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum
    case maxLength, minLength, pattern
    case maxItems, minItems, uniqueItems, maxContains, minContains
    case maxProperties, minProperties, required, dependentRequired
    case format
    case contentEncoding, contentMediaType, contentSchema
    case title, description, `default`, deprecated, readOnly, writeOnly, examples

    /// Where subschemas stand in the keyword's value.
    enum Shape: Sendable {
        case none
        case schema
        case list
        case map
        /// A schema or a list of schemas.
        case schemaOrList
        /// A map whose values are schemas or lists of names.
        case schemasAndNames
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    init?(name: String) {
        guard let keyword = Self.byName[name] else { return nil }
        self = keyword
    }

    func shape(in draft: Dialect.Draft) -> Shape {
        switch self {
        case .not, .if, .then, .else, .additionalItems, .contains, .additionalProperties, .propertyNames,
            .unevaluatedItems, .unevaluatedProperties, .contentSchema:
            .schema
        case .allOf, .anyOf, .oneOf, .prefixItems: .list
        case .defs, .definitions, .dependentSchemas, .properties, .patternProperties: .map
        case .items: draft == .draft2020 ? .schema : .schemaOrList
        case .dependencies: .schemasAndNames
        default: .none
        }
    }

    /// Whether the keyword says nothing about validity in any dialect that has it.
    var isAnnotation: Bool {
        switch self {
        case .id, .schema, .anchor, .dynamicAnchor, .vocabulary, .comment, .defs, .definitions, .contentEncoding,
            .contentMediaType, .contentSchema, .title, .description, .default, .deprecated, .readOnly, .writeOnly,
            .examples:
            true
        default: false
        }
    }
}
