package import Core

/// A statement with its values. Text comes from literals only (the type has no other way in); what is interpolated
/// becomes a binding.
///
/// ```swift
/// let statement: SQL = "SELECT body FROM entries WHERE position > \(position)"
/// ```
///
/// Bindings are numbered in the order of their appearance, which SQLite and PostgreSQL read alike.
package struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    package private(set) var text: String
    package private(set) var bindings: [SQLValue]

    package init(stringLiteral value: StaticString) {
        text = value.description
        bindings = []
    }

    /// Takes text that is no literal. Internal, so that only tests that tamper with tables can.
    init(unescaped text: String) {
        self.text = text
        bindings = []
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        bindings = stringInterpolation.bindings
    }

    /// The same text with other values, for statements that are written once with `$1`, `$2` and run often.
    ///
    /// SQLite numbers placeholders by their first appearance, so they have to appear in their order.
    package func bound(_ values: [SQLValue]) -> SQL {
        var statement = self
        statement.bindings = values
        return statement
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var bindings: [SQLValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 3)
            bindings.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            text += literal.description
        }

        package mutating func appendInterpolation(_ value: SQLValue) {
            bindings.append(value)
            text += SQL.placeholder(bindings.count)
        }

        package mutating func appendInterpolation(_ value: Int) {
            appendInterpolation(.integer(value))
        }

        package mutating func appendInterpolation(_ value: String) {
            appendInterpolation(.text(value))
        }

        package mutating func appendInterpolation(_ value: String?) {
            appendInterpolation(.optional(value))
        }

        package mutating func appendInterpolation(_ value: [UInt8]) {
            appendInterpolation(.blob(value))
        }

        package mutating func appendInterpolation(_ value: Timestamp) {
            appendInterpolation(.integer(value.microseconds))
        }

        /// Puts a part in; its bindings are numbered after those that are there.
        package mutating func appendInterpolation(_ part: SQL) {
            text += part.renumbered(from: bindings.count)
            bindings += part.bindings
        }
    }

    /// Appends a part; its bindings are numbered after those that are there.
    package static func += (left: inout SQL, right: SQL) {
        left.text += right.renumbered(from: left.bindings.count)
        left.bindings += right.bindings
    }

    private func renumbered(from offset: Int) -> String {
        guard offset > 0, !bindings.isEmpty else { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count + bindings.count)
        var number: Int?
        for byte in text.unicodeScalars {
            if let known = number, let digit = byte.decimalDigit {
                number = known * 10 + digit
                continue
            }
            if let known = number, known > 0 { result += String(known + offset) }
            number = byte == "$" ? 0 : nil
            result.unicodeScalars.append(byte)
        }
        if let known = number, known > 0 { result += String(known + offset) }
        return result
    }

    private static func placeholder(_ number: Int) -> String {
        placeholders.indices.contains(number) ? placeholders[number] : "$\(number)"
    }

    private static let placeholders = (0...64).map { "$\($0)" }
}

extension Unicode.Scalar {
    fileprivate var decimalDigit: Int? {
        (0x30...0x39).contains(value) ? Int(value) - 0x30 : nil
    }
}

/// A value that both databases store without conversion. Times are integers (microseconds), ids and JSON are text.
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case double(Double)
    case text(String)
    /// Text that is known to be UTF-8, as its bytes. Read back as ``text(_:)``.
    case utf8([UInt8])
    case blob([UInt8])
}

extension SQLValue {
    package static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }

    /// Text, or null for nil.
    package static func optional(_ text: String?) -> SQLValue {
        text.map { .text($0) } ?? .null
    }

    package static func time(_ time: Timestamp) -> SQLValue { .integer(time.microseconds) }

    /// A time, or null for nil.
    package static func optional(_ time: Timestamp?) -> SQLValue {
        time.map { .integer($0.microseconds) } ?? .null
    }

    package var int: Int? {
        if case .integer(let value) = self { Int(value) } else { nil }
    }

    package var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    package var blob: [UInt8]? {
        if case .blob(let value) = self { value } else { nil }
    }
}
