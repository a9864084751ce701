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

    /// A moment as RFC 3339 §5.6 writes it, to the microsecond; nil for anything else.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard (20...40).contains(bytes.count), bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
            let day = Timestamp(date: String(text.prefix(10)))
        else { return nil }
        func pair(_ start: Int) -> Int64? {
            guard bytes.indices.contains(start + 1), (0x30...0x39).contains(bytes[start]),
                (0x30...0x39).contains(bytes[start + 1])
            else { return nil }
            return Int64(bytes[start] - 0x30) * 10 + Int64(bytes[start + 1] - 0x30)
        }
        let colon = UInt8(ascii: ":")
        guard let hour = pair(11), let minute = pair(14), let second = pair(17), bytes[13] == colon, bytes[16] == colon,
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var place = 19
        var fraction: Int64 = 0
        if bytes[place] == UInt8(ascii: ".") {
            place += 1
            var scale: Int64 = 100_000
            let start = place
            while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
                fraction += Int64(bytes[place] - 0x30) * scale
                scale /= 10
                place += 1
            }
            guard place > start else { return nil }
        }
        guard place < bytes.count else { return nil }
        var offset: Int64 = 0
        switch bytes[place] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            guard place + 1 == bytes.count else { return nil }
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard place + 6 == bytes.count, let hours = pair(place + 1), bytes[place + 3] == colon,
                let minutes = pair(place + 4), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[place] == UInt8(ascii: "+") ? 60 : -60)
        default: return nil
        }
        self.init(
            microseconds: day.microseconds + (hour * 3600 + minute * 60 + second - offset) * 1_000_000 + fraction)
    }

    /// The day in UTC, as `YYYY-MM-DD`.
    package var date: String { String(description.prefix(10)) }
}
