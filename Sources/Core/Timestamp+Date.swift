extension Timestamp {
    /// The first moment of a day in UTC, written as `YYYY-MM-DD` (RFC 3339 full-date); nil for anything else and for days
    /// that no calendar has.
    package init?(date text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), (1...12).contains(month),
            (1...31).contains(day)
        else { return nil }
        // The inverse of what ``description`` does: months counted from March, in eras of 400 years.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(microseconds: (era * 146_097 + dayOfEra - 719_468) * 86_400_000_000)
        // The 30th of February is another day by now.
        guard self.date == text else { return nil }
    }

    /// The day in UTC, as `YYYY-MM-DD`.
    package var date: String { String(description.prefix(10)) }
}
