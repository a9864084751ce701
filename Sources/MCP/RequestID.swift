public import JSON

/// The name that a client gives to a request, echoed in the answer as it came.
///
/// It is chosen by the client: it means something only together with the principal who sent it.
public struct RequestID: Sendable, Hashable {
    /// Bytes of an id, for strings and for the digits of integers.
    public static let maxLength = 256

    private enum Form: Sendable {
        case string(String)
        case integer(JSONNumber)
    }

    private let form: Form

    /// Takes a string or an integer written without fraction and exponent (2026-07-28, basic/index, Requests).
    ///
    /// - Returns: nil for every other value, `null` among them, and for what is longer than ``maxLength``.
    public init?(_ value: JSONValue) {
        switch value {
        case .string(let string) where string.utf8.count <= Self.maxLength:
            form = .string(string)
        case .number(let number) where number.text.utf8.count <= Self.maxLength && number.isWrittenAsInteger:
            form = .integer(number)
        default: return nil
        }
    }

    /// The id as the message had it.
    public var value: JSONValue {
        switch form {
        case .string(let string): .string(string)
        case .integer(let number): .number(number)
        }
    }

    public static func == (left: RequestID, right: RequestID) -> Bool {
        left.value == right.value
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }
}

/// The name under which a client wants to hear of progress; it has the shape of an id.
public typealias ProgressToken = RequestID

extension JSONNumber {
    fileprivate var isWrittenAsInteger: Bool {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2D }
    }
}
