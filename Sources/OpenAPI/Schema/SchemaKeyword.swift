/// The keywords that survive conversion, by the shape of their value (JSON Schema 2020-12 core and validation).
///
/// What is not listed is dropped: `x-` extensions, `xml`, `externalDocs`, `discriminator`, identifiers, which mean
/// nothing outside their document, and keywords of nobody's standard.
enum SchemaKeyword: Sendable {
    case reference
    case type
    case text(isBlock: Bool)
    case flag
    case access
    case nullable
    case number
    case exclusiveBound
    case count
    case pattern
    case format
    case word
    case enumeration
    case any
    case example, examples
    case schema(isInPlace: Bool, isStrict: Bool)
    case items
    case schemas(isInPlace: Bool, isStrict: Bool)
    case properties, patternProperties, dependentSchemas
    case required, dependentRequired

    static let table: [String: SchemaKeyword] = [
        "$ref": .reference, "$dynamicRef": .reference,
        "type": .type,
        "title": .text(isBlock: false), "description": .text(isBlock: true),
        "deprecated": .flag, "uniqueItems": .flag,
        "readOnly": .access, "writeOnly": .access,
        "nullable": .nullable, "x-nullable": .nullable,
        "maximum": .number, "minimum": .number, "multipleOf": .number,
        "exclusiveMaximum": .exclusiveBound, "exclusiveMinimum": .exclusiveBound,
        "maxLength": .count, "minLength": .count, "maxItems": .count, "minItems": .count,
        "maxProperties": .count, "minProperties": .count, "maxContains": .count, "minContains": .count,
        "pattern": .pattern, "format": .format, "contentEncoding": .word, "contentMediaType": .word,
        "enum": .enumeration, "const": .any, "default": .any,
        "example": .example, "examples": .examples,
        "not": .schema(isInPlace: true, isStrict: true),
        "if": .schema(isInPlace: true, isStrict: true),
        "then": .schema(isInPlace: true, isStrict: true),
        "else": .schema(isInPlace: true, isStrict: true),
        "additionalProperties": .schema(isInPlace: false, isStrict: false),
        "unevaluatedProperties": .schema(isInPlace: false, isStrict: false),
        "unevaluatedItems": .schema(isInPlace: false, isStrict: false),
        "propertyNames": .schema(isInPlace: false, isStrict: false),
        "contains": .schema(isInPlace: false, isStrict: true),
        "contentSchema": .schema(isInPlace: false, isStrict: false),
        "items": .items,
        "allOf": .schemas(isInPlace: true, isStrict: false),
        "anyOf": .schemas(isInPlace: true, isStrict: false),
        "oneOf": .schemas(isInPlace: true, isStrict: true),
        "prefixItems": .schemas(isInPlace: false, isStrict: false),
        "properties": .properties, "patternProperties": .patternProperties, "dependentSchemas": .dependentSchemas,
        "required": .required, "dependentRequired": .dependentRequired,
    ]
}
