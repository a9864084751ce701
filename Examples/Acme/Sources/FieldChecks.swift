import Foundation
import Hummingbird

/// Collects what is wrong with a body, so that one 422 names every field.
struct FieldChecks {
    private var errors: [Problem.FieldError] = []

    mutating func require(_ condition: Bool, _ field: String, _ message: String) {
        if !condition { errors.append(Problem.FieldError(field: field, message: message)) }
    }

    mutating func requireText(_ text: String, _ field: String, upTo limit: Int) {
        let isBlank = text.allSatisfy(\.isWhitespace)
        require(!isBlank && text.unicodeScalars.count <= limit, field, "must be 1 to \(limit) characters long")
    }

    mutating func requireEmail(_ text: String, _ field: String) {
        require(isEmail(text), field, "must be an e-mail address")
    }

    /// A positive amount, or nil with the error noted.
    mutating func positiveAmount(_ decimal: Decimal, _ field: String) -> Money? {
        let money = Money(decimal).flatMap { $0.cents > 0 ? $0 : nil }
        require(money != nil, field, "must be positive with at most two decimal digits")
        return money
    }

    /// The case of that name, or nil with the error noted.
    mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(_ text: String, _ field: String) -> Choice? {
        let choice = Choice(rawValue: text)
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        require(choice != nil, field, "must be one of \(names)")
        return choice
    }

    func finish() throws {
        if !errors.isEmpty { throw Problem(.unprocessableContent, "The request is not valid.", errors: errors) }
    }
}

func isEmail(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    return text.utf8.count <= 254
        && parts.count == 2
        && parts.allSatisfy { !$0.isEmpty }
        && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
}

/// `YYYY-MM-DD`, and a day that exists.
func isCalendarDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return false }
    guard let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]) else {
        return false
    }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...12).contains(month) && (1...lengths[month - 1]).contains(day)
}

private func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
}
