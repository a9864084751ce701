import CYaml

/// The events of a YAML text, read by libyaml. All unsafe memory of the room is in this file.
///
/// The input stays alive and unchanged while ``reading(_:from:_:)`` runs, the parser and its one event live as long
/// as the value, and nothing that points into them leaves it: every accessor returns a copy.
@safe struct YAMLEvents: ~Copyable {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias, scalar, sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let event: UnsafeMutablePointer<yaml_event_t>
    private let isReady: Bool

    /// Lets a closure read the events of UTF-8 bytes after the first `start`.
    static func reading<Result>(
        _ bytes: [UInt8], from start: Int, _ body: (inout YAMLEvents) throws(SourceProblem) -> Result
    ) throws(SourceProblem) -> Result {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(SourceProblem) -> Result in
            var events = unsafe YAMLEvents(UnsafeBufferPointer(rebasing: buffer.dropFirst(start)))
            return try body(&events)
        }
    }

    private init(_ input: UnsafeBufferPointer<UInt8>) {
        unsafe parser = .allocate(capacity: 1)
        unsafe event = .allocate(capacity: 1)
        unsafe event.initialize(to: yaml_event_t())
        unsafe parser.initialize(to: yaml_parser_t())
        guard unsafe yaml_parser_initialize(parser) == 1, let first = input.baseAddress else {
            isReady = false
            return
        }
        isReady = true
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, first, input.count)
    }

    deinit {
        unsafe yaml_event_delete(event)
        unsafe yaml_parser_delete(parser)
        unsafe event.deallocate()
        unsafe parser.deallocate()
    }

    /// Moves to the next event, which the other members describe.
    mutating func next() throws(SourceProblem) -> Kind {
        guard isReady else { throw Self.outOfMemory }
        unsafe yaml_event_delete(event)
        guard unsafe yaml_parser_parse(parser, event) == 1 else { throw problem }
        switch unsafe event.pointee.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias
        case YAML_SCALAR_EVENT: return .scalar
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .streamEnd
        }
    }

    /// Where the event begins, in scalars.
    var start: Int {
        unsafe Int(clamping: event.pointee.start_mark.index)
    }

    /// The text of a scalar, decoded.
    var text: String {
        guard unsafe event.pointee.type == YAML_SCALAR_EVENT, let value = unsafe event.pointee.data.scalar.value else {
            return ""
        }
        let length = unsafe event.pointee.data.scalar.length
        return unsafe String(decoding: UnsafeBufferPointer(start: value, count: Int(clamping: length)), as: UTF8.self)
    }

    /// Whether a scalar has neither quotes nor a block indicator.
    var isPlain: Bool {
        unsafe event.pointee.type == YAML_SCALAR_EVENT && event.pointee.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
    }

    /// Whether a scalar stands in double quotes, where alone escapes are.
    var isDoubleQuoted: Bool {
        unsafe event.pointee.type == YAML_SCALAR_EVENT
            && event.pointee.data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE
    }

    /// The name of an alias or of the anchor at a node.
    var anchor: String? {
        switch unsafe event.pointee.type {
        case YAML_ALIAS_EVENT: unsafe Self.copy(event.pointee.data.alias.anchor)
        case YAML_SCALAR_EVENT: unsafe Self.copy(event.pointee.data.scalar.anchor)
        case YAML_SEQUENCE_START_EVENT: unsafe Self.copy(event.pointee.data.sequence_start.anchor)
        case YAML_MAPPING_START_EVENT: unsafe Self.copy(event.pointee.data.mapping_start.anchor)
        default: nil
        }
    }

    /// The tag of a node, with its prefix resolved.
    var tag: String? {
        switch unsafe event.pointee.type {
        case YAML_SCALAR_EVENT: unsafe Self.copy(event.pointee.data.scalar.tag)
        case YAML_SEQUENCE_START_EVENT: unsafe Self.copy(event.pointee.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT: unsafe Self.copy(event.pointee.data.mapping_start.tag)
        default: nil
        }
    }

    private static func copy(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let text = unsafe text else { return nil }
        return unsafe String(cString: text)
    }

    private static func copy(_ text: UnsafePointer<CChar>?) -> String? {
        guard let text = unsafe text else { return nil }
        return unsafe String(cString: text)
    }

    private static var outOfMemory: SourceProblem {
        SourceProblem("invalid-yaml", "not enough memory to read the file", at: .byte(0))
    }

    private var problem: SourceProblem {
        let parser = unsafe self.parser.pointee
        let sentence = unsafe Self.copy(parser.problem) ?? "not YAML"
        switch unsafe parser.error {
        case YAML_READER_ERROR:
            let offset = unsafe Int(clamping: parser.problem_offset)
            return SourceProblem(
                "invalid-yaml", sentence, hint: "remove the character, or write it as an escape in double quotes",
                at: .byte(offset))
        case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
            // libyaml's own bound (a thousand levels) can be met while it looks ahead for a key.
            if sentence.hasPrefix("Maximum nesting level") {
                return SourceProblem(
                    "too-deep", "nested deeper than 1000 levels", hint: SourceDocument.depthHint,
                    at: .scalar(unsafe Int(clamping: parser.problem_mark.index)))
            }
            let scene = unsafe Self.copy(parser.context).map { " " + $0 } ?? ""
            return SourceProblem(
                "invalid-yaml", sentence + scene, hint: "check the indentation and the quotes here and just above",
                at: .scalar(unsafe Int(clamping: parser.problem_mark.index)))
        default: return Self.outOfMemory
        }
    }
}
