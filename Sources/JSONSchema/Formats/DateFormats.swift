/// RFC 3339 §5.6 and, for durations, appendix A.
enum DateFormats {
    static func isDateTime(_ text: String) -> Bool {
        var reader = ByteReader(text)
        return date(&reader) && reader.takeLetter(0x74) && time(&reader) && reader.isAtEnd
    }

    static func isDate(_ text: String) -> Bool {
        var reader = ByteReader(text)
        return date(&reader) && reader.isAtEnd
    }

    static func isTime(_ text: String) -> Bool {
        var reader = ByteReader(text)
        return time(&reader) && reader.isAtEnd
    }

    private static func date(_ reader: inout ByteReader) -> Bool {
        guard let year = reader.digits(4), reader.take(0x2D), let month = reader.digits(2), reader.take(0x2D),
            let day = reader.digits(2), (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return day >= 1 && day <= days[month - 1]
    }

    private static func time(_ reader: inout ByteReader) -> Bool {
        guard let hour = reader.digits(2), reader.take(0x3A), let minute = reader.digits(2), reader.take(0x3A),
            let second = reader.digits(2), hour < 24, minute < 60, second <= 60
        else { return false }
        if reader.take(0x2E), reader.skipDigits() == 0 { return false }
        var offset = 0
        if !reader.takeLetter(0x7A) {
            let isNegative = reader.next == 0x2D
            guard reader.take(0x2D) || reader.take(0x2B), let hours = reader.digits(2), reader.take(0x3A),
                let minutes = reader.digits(2), hours < 24, minutes < 60
            else { return false }
            offset = (hours * 60 + minutes) * (isNegative ? -1 : 1)
        }
        if second < 60 { return true }
        // Leap seconds are inserted at the end of a day in UTC.
        let minuteOfDay = (hour * 60 + minute - offset + 2 * 1440) % 1440
        return minuteOfDay == 1439
    }

    /// Units come in their order, and none between the first and the last is left out.
    static func isDuration(_ text: String) -> Bool {
        var reader = ByteReader(text)
        guard reader.take(0x50) else { return false }
        var hasDate = false
        if reader.next != 0x54 {
            let units = units(&reader, until: 0x54)
            guard let units, Self.isRun(units, of: "YMD") || units == [0x57] else { return false }
            if units == [0x57] { return reader.isAtEnd }
            hasDate = true
        }
        guard reader.take(0x54) else { return hasDate && reader.isAtEnd }
        guard let units = units(&reader, until: nil) else { return false }
        return Self.isRun(units, of: "HMS") && reader.isAtEnd
    }

    private static func units(_ reader: inout ByteReader, until stop: UInt8?) -> [UInt8]? {
        var units: [UInt8] = []
        while let next = reader.next, next != stop {
            guard reader.skipDigits() > 0, let unit = reader.next, reader.take(unit) else { return nil }
            units.append(unit)
        }
        return units
    }

    private static func isRun(_ units: [UInt8], of order: String) -> Bool {
        let order = Array(order.utf8)
        guard let first = units.first, let start = order.firstIndex(of: first) else { return false }
        return order[start...].starts(with: units)
    }
}
