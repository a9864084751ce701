import Foundation
import GRDB

/// An amount in whole cents: an integer in SQL, a decimal number of at most two digits in JSON.
struct Money: Hashable, Comparable, Sendable {
    var cents: Int64

    /// The largest amount that the product handles, 10 billion.
    static let limit = Money(cents: 1_000_000_000_000)

    init(cents: Int64) {
        self.cents = cents
    }

    /// - Returns: nil for more than two decimal digits and for amounts beyond ±`limit`.
    init?(_ decimal: Decimal) {
        // `Decimal` prints plain digits, without exponent or grouping.
        guard let cents = Int64((decimal * 100).description) else { return nil }
        guard (-Self.limit.cents...Self.limit.cents).contains(cents) else { return nil }
        self.cents = cents
    }

    var decimal: Decimal { Decimal(cents) / 100 }

    static func < (left: Money, right: Money) -> Bool { left.cents < right.cents }
}

extension Money: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let money = Money(try container.decode(Decimal.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "Not an amount of money.")
        }
        self = money
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(decimal)
    }
}

extension Money: DatabaseValueConvertible {
    var databaseValue: DatabaseValue { cents.databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> Money? {
        Int64.fromDatabaseValue(value).map(Money.init(cents:))
    }
}
