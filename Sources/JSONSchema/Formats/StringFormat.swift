/// The formats that can be asserted (2020-12 validation §7.3): all of the standard.
enum StringFormat: String, Sendable {
    case dateTime = "date-time"
    case date
    case time
    case duration
    case email
    case idnEmail = "idn-email"
    case hostname
    case idnHostname = "idn-hostname"
    case ipv4
    case ipv6
    case uri
    case uriReference = "uri-reference"
    case iri
    case iriReference = "iri-reference"
    case uriTemplate = "uri-template"
    case uuid
    case jsonPointer = "json-pointer"
    case relativeJSONPointer = "relative-json-pointer"
    case regex

    /// Takes time in the length of the string.
    func isValid(_ string: String) -> Bool {
        switch self {
        case .dateTime: DateFormats.isDateTime(string)
        case .date: DateFormats.isDate(string)
        case .time: DateFormats.isTime(string)
        case .duration: DateFormats.isDuration(string)
        case .email: EmailFormat.isAddress(string, allowsUnicode: false)
        case .idnEmail: EmailFormat.isAddress(string, allowsUnicode: true)
        case .hostname: HostFormats.isHostname(string)
        case .idnHostname: HostFormats.isInternationalHostname(string)
        case .ipv4: HostFormats.isIPv4(Array(string.utf8)[...])
        case .ipv6: HostFormats.isIPv6(Array(string.utf8)[...])
        case .uri: URIFormats.isReference(string, isAbsolute: true, allowsUnicode: false)
        case .uriReference: URIFormats.isReference(string, isAbsolute: false, allowsUnicode: false)
        case .iri: URIFormats.isReference(string, isAbsolute: true, allowsUnicode: true)
        case .iriReference: URIFormats.isReference(string, isAbsolute: false, allowsUnicode: true)
        case .uriTemplate: URIFormats.isTemplate(string)
        case .uuid: PointerFormats.isUUID(string)
        case .jsonPointer: PointerFormats.isPointer(string)
        case .relativeJSONPointer: PointerFormats.isRelativePointer(string)
        case .regex: PatternParser.isExpression(string)
        }
    }

    /// What a failure says after "must be".
    var phrase: String {
        switch self {
        case .dateTime: "a date and time such as 2026-01-31T12:00:00Z"
        case .date: "a date such as 2026-01-31"
        case .time: "a time with offset such as 12:00:00Z"
        case .duration: "a duration such as P1DT12H"
        case .email, .idnEmail: "an e-mail address"
        case .hostname, .idnHostname: "a host name"
        case .ipv4: "an IPv4 address"
        case .ipv6: "an IPv6 address"
        case .uri: "an absolute URI"
        case .uriReference: "a URI or a relative reference"
        case .iri: "an absolute IRI"
        case .iriReference: "an IRI or a relative reference"
        case .uriTemplate: "a URI template"
        case .uuid: "a UUID"
        case .jsonPointer: "a JSON pointer such as /a/0"
        case .relativeJSONPointer: "a relative JSON pointer such as 1/a"
        case .regex: "a regular expression"
        }
    }
}
