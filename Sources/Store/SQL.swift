/// A statement with its values. Text comes from literals only; what is interpolated becomes a binding.
///
/// ```swift
/// let statement: SQL = "SELECT body FROM entries WHERE position > \(.integer(position))"
/// ```
///
/// Bindings are numbered in the order of their appearance, which SQLite and PostgreSQL read alike.
package struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    package private(set) var text: String
    package private(set) var bindings: [SQLValue]

    package init(stringLiteral value: String) {
        text = value
        bindings = []
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        bindings = stringInterpolation.bindings
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var bindings: [SQLValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 3)
            bindings.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        package mutating func appendInterpolation(_ value: SQLValue) {
            bindings.append(value)
            text += "$\(bindings.count)"
        }
    }

    /// Appends a part; its bindings are numbered after those that are there.
    package static func += (left: inout SQL, right: SQL) {
        var right = right
        right.renumber(from: left.bindings.count)
        left.text += right.text
        left.bindings += right.bindings
    }

    private mutating func renumber(from offset: Int) {
        guard offset > 0, !bindings.isEmpty else { return }
        var text = ""
        var digits: String?
        for scalar in self.text.unicodeScalars {
            if let number = digits {
                if scalar.properties.numericType == .decimal {
                    digits = number + String(scalar)
                    continue
                }
                text += number.isEmpty ? "" : String((Int(number) ?? 0) + offset)
                digits = nil
            }
            text.unicodeScalars.append(scalar)
            if scalar == "$" { digits = "" }
        }
        if let digits { text += String((Int(digits) ?? 0) + offset) }
        self.text = text
    }
}

/// A value that both databases store without conversion. Times are integers (microseconds), ids and JSON are text.
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case double(Double)
    case text(String)
    case blob([UInt8])
}

extension SQLValue {
    package static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }

    /// Text, or null for nil.
    package static func optional(_ text: String?) -> SQLValue {
        text.map { .text($0) } ?? .null
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
