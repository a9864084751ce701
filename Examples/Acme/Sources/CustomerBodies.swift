import Hummingbird

struct NewCustomer: Decodable, Sendable {
    var name: String
    var email: String
    var phone: String?
    var company: String

    func check() throws {
        var checks = FieldChecks()
        checks.requireText(name, "name", upTo: 200)
        checks.requireEmail(email, "email")
        checks.requireText(phone ?? "-", "phone", upTo: 40)
        checks.requireText(company, "company", upTo: 200)
        try checks.finish()
    }
}

struct CustomerChange: Decodable, Sendable {
    var name: String?
    var email: String?
    var phone: String?
    var company: String?
    var status: String?

    func check() throws -> Customer.Status? {
        var checks = FieldChecks()
        let isEmpty = [name, email, phone, company, status].allSatisfy { $0 == nil }
        checks.require(!isEmpty, "", "must change at least one field")
        if let name { checks.requireText(name, "name", upTo: 200) }
        if let email { checks.requireEmail(email, "email") }
        if let phone { checks.requireText(phone, "phone", upTo: 40) }
        if let company { checks.requireText(company, "company", upTo: 200) }
        let newStatus: Customer.Status? = status.flatMap { checks.choice($0, "status") }
        try checks.finish()
        return newStatus
    }
}

struct CustomerSearch: Decodable, Sendable {
    var query: String?
    var status: String?
    var limit: Int?
    var cursor: String?

    func check() throws -> Customer.Status? {
        var checks = FieldChecks()
        checks.requireText(query ?? "-", "query", upTo: 200)
        let wanted: Customer.Status? = status.flatMap { checks.choice($0, "status") }
        try checks.finish()
        return wanted
    }
}

struct BulkDelete: Decodable, Sendable {
    var ids: [String]

    func check() throws {
        var checks = FieldChecks()
        checks.require((1...100).contains(ids.count), "ids", "must have 1 to 100 items")
        checks.require(Set(ids).count == ids.count, "ids", "must not repeat an item")
        try checks.finish()
    }
}

struct BulkDeletion: ResponseEncodable, Sendable {
    var deleted: [String]
    var notFound: [String]
}
