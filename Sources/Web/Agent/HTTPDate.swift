import Core

/// The `Date` field's form of a moment (IMF-fixdate, RFC 9110 §5.6.7), kept for the second it is valid.
struct HTTPDate {
    private var second = Int.min
    private var text = ""

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    mutating func text(at now: Timestamp) -> String {
        if now.seconds != second {
            second = now.seconds
            text = Self.format(now)
        }
        return text
    }

    private static func format(_ now: Timestamp) -> String {
        // "2026-11-21T00:32:10.000Z" holds every part but the day of the week.
        let parts = now.description.split { "-T:.".contains($0) }
        guard parts.count >= 6, let month = Int(parts[1]), months.indices.contains(month - 1) else { return "" }
        let day = days[((now.seconds / 86_400) % 7 + 7) % 7]
        return "\(day), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) GMT"
    }
}
