import Documents
import Foundation
import Settings
import Testing

/// A folder with a sound configuration and the document it names; tests break either.
final class Folder {
    let path: String

    init(_ configuration: String = Folder.configuration, document: String = Folder.document) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try write("sallyport.yaml", configuration)
        try write("shop.yaml", document)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
    }

    func load() -> Loaded {
        Settings.load(path + "/sallyport.yaml")
    }

    /// What `check` says of the configuration, without the folder's name.
    var errors: [String] { texts { $0.severity == .error } }

    var warnings: [String] { texts { $0.severity == .warning } }

    var notes: [String] { texts { $0.severity == .note } }

    private func texts(where isWanted: (Diagnostic) -> Bool) -> [String] {
        load().diagnostics.filter(isWanted).map {
            $0.description.replacingOccurrences(of: path + "/", with: "")
        }
    }

    static let configuration = """
        version: 1
        listen: 127.0.0.1:8080
        resource: http://127.0.0.1:8080/mcp
        issuers:
          - local: true
        people:
          ben: { roles: [manager] }
        sources:
          shop:
            openapi: shop.yaml
            url: https://shop.example
            credential: { secret: shop, as: bearer, per: user }
            tools:
              list_orders: { bucket: read, scope: { bound: { tenant_id: tenant } } }
              create_order: { bucket: write, scope: user-credential }
              delete_order: { bucket: never }
        policy:
          rules:
            - id: reads
              effect: allow
              buckets: [read]
            - id: writes
              effect: ask
              buckets: [write]
              approvers: [manager]

        """

    static let document = """
        openapi: 3.1.0
        info: { title: Shop, version: "1" }
        paths:
          /orders:
            get:
              operationId: listOrders
              summary: List orders
              parameters:
                - { name: tenant_id, in: query, required: true, schema: { type: string } }
                - { name: limit, in: query, schema: { type: integer } }
              responses:
                "200":
                  description: Orders.
                  content:
                    application/json:
                      schema: { type: object, properties: { ids: { type: array, items: { type: string } } } }
            post:
              operationId: createOrder
              summary: Create an order
              parameters:
                - { name: Idempotency-Key, in: header, required: true, schema: { type: string } }
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      required: [amount]
                      properties:
                        amount: { type: number }
                        door_code: { type: string, format: password }
                        note: { type: string }
              responses: { "201": { description: Made. } }
          /orders/{id}:
            delete:
              operationId: deleteOrder
              parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
              responses: { "204": { description: Gone. } }
          /exports:
            get:
              operationId: exportAll
              responses: { "200": { description: Everything. } }

        """
}

extension String {
    /// This text with the one place where `old` stands changed.
    func with(_ old: String, _ new: String) -> String {
        let parts = components(separatedBy: old)
        if parts.count != 2 { Issue.record("'\(old)' stands in \(parts.count - 1) places") }
        return parts.joined(separator: new)
    }
}
