import GRDB
import Hummingbird

struct User: Record {
    enum Role: String, Codable, Sendable {
        case sales, manager
    }

    var seq: Int64
    var id: String
    var tenantId: String
    var name: String
    var email: String
    var role: Role
    var passwordHash: String

    func requireManager(to act: String) throws {
        guard role == .manager else { throw Problem(.forbidden, "Only managers may \(act).") }
    }

    /// Sales people change what they own, managers everything of their tenant.
    func requireChange(of what: String, ownedBy ownerId: String) throws {
        guard role == .manager || ownerId == id else {
            throw Problem(.forbidden, "Only its owner or a manager may change this \(what).")
        }
    }
}

struct Me {
    func add(to api: RouterGroup<SignedInRequestContext>) {
        api.get("me") { _, context in context.user }
    }
}
