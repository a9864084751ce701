import Backends
import Core
import Foundation
import JSON
import OpenAPI
import Policy
import Risk
import Settings
import Testing

/// Reversible forms of deletions, and what takes calls back.
@Suite struct UndoReaderTests {
    private static let document = Folder.document.with(
        "      /orders/{id}:\n".trimmed,
        """
        /orders/{id}:
            parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
            get:
              operationId: getOrder
              responses:
                "200":
                  description: It.
                  content:
                    application/json:
                      schema: { type: object, properties: { id: { type: string }, status: { type: string } } }
            patch:
              operationId: updateOrder
              requestBody:
                required: true
                content:
                  application/json:
                    schema: { type: object, properties: { status: { type: string } } }
              responses:
                "200":
                  description: It.
                  content:
                    application/json:
                      schema: { type: object, properties: { id: { type: string }, status: { type: string } } }
        """.appending("\n"))

    private func folder(_ delete: String = "", _ update: String = "") throws -> Folder {
        try Folder(
            Folder.configuration.with(
                "delete_order: { bucket: never }",
                "delete_order: { bucket: write, scope: user-credential\(delete) }\n"
                    + "      get_order: { bucket: read, scope: user-credential }\n"
                    + "      update_order: { bucket: write, scope: user-credential\(update) }"),
            document: Self.document)
    }

    private func tool(_ name: String, _ folder: Folder) throws -> Tool {
        let configuration = try #require(folder.load().configuration, "\(folder.errors)")
        return try #require(configuration.tools.first { $0.name == name })
    }

    private static let archive = ", instead: { tool: update_order, arguments: { id: { argument: id }, status: gone } }"

    @Test func `a deletion is sent in its reversible form`() throws {
        let plain = try tool("delete_order", try folder())
        #expect(plain.facts.isFinalDeletion)
        let soft = try tool("delete_order", try folder(Self.archive))
        #expect(!soft.facts.isFinalDeletion)
        #expect(soft.risk.effect == .dataChange)
        #expect(soft.risk.categories == plain.risk.categories, "it is a deletion all the same")
        #expect(soft.definition != plain.definition)
        #expect(soft.instead?.filled(["id": "o-1"]) == ["id": "o-1", "status": "gone"])
        #expect(soft.answer != nil, "its answer is that of the other operation")
        let sent = try #require(
            try folder(Self.archive).load().configuration?.sources.first?.operations["delete_order"])
        #expect(sent.instead == soft.instead)
        #expect(try sent.request.request(["id": "o-1", "status": "gone"]).method == "PATCH")
    }

    @Test func `another form is another definition`() throws {
        let one = try tool("delete_order", try folder(Self.archive))
        let other = try tool("delete_order", try folder(Self.archive.replacingGone))
        #expect(one.definition != other.definition)
    }

    @Test func `ways to take a call back`() throws {
        #expect(try tool("update_order", try folder("", ", undo: restore")).undo == Undo(.restore))
        #expect(
            try tool("update_order", try folder("", ", undo: { restore: true, within: 2h }")).undo
                == Undo(.restore, window: 7200))
        let undo = try tool(
            "delete_order",
            try folder(
                Self.archive
                    + ", undo: { tool: update_order, arguments: { id: { argument: id }, status: { before: /status } } }"
            )
        ).undo
        #expect(undo?.needsRecord == true)
        #expect(undo?.window == 604_800)
    }

    @Test(arguments: [
        (", instead: { tool: update_ordr, arguments: {} }", "has no operation that makes a tool 'update_ordr'"),
        (", instead: { tool: update_order }", "'arguments' is missing"),
        (", instead: { tool: update_order, arguments: { status: gone } }", "'update_order' needs 'id'"),
        (
            ", instead: { tool: update_order, arguments: { id: { argument: di } } }",
            "'delete_order' has no argument 'di'"
        ),
        (
            ", instead: { tool: update_order, arguments: { id: { argument: id }, colour: red } }",
            "'update_order' has no argument 'colour'"
        ),
        (
            ", instead: { tool: update_order, arguments: { id: { answer: /id } } }",
            "what is sent is made from the call's own arguments"
        ),
        (", instead: { tool: delete_order, arguments: { id: x } }", "no reversible form of it"),
        (", undo: restore", "only a PATCH whose record can be read"),
        (", undo: back", "this must be one of: restore"),
        (", undo: { restore: true, tool: get_order }", "either by 'restore: true' or by a 'tool'"),
        (", undo: { tool: create_order, arguments: { amount: { answer: /id } } }", "declares no answer"),
        (", undo: { tool: create_order, arguments: { amount: { before: amount } } }", "names no part of a record"),
        (", undo: { tool: export_all, arguments: {} }", "'export_all' takes nothing back"),
        (", undo: { tool: delete_order, arguments: { id: { argument: id } } }", "'delete_order' takes nothing back"),
        (", instead: { tool: get_order, arguments: { id: { argument: id } } }", "no reversible form of it"),
        (", undo: { tool: update_order, arguments: { id: x }, within: 1s }", "this must be a time"),
    ])
    func `what cannot be is refused`(_ setting: String, said: String) throws {
        let errors = try folder(setting).errors
        #expect(errors.contains { $0.contains(said) }, "\(errors)")
    }

    @Test func `an undo that nobody may call is none`() throws {
        let text = Folder.configuration.with(
            "delete_order: { bucket: never }",
            "delete_order: { bucket: write, scope: user-credential, "
                + "undo: { tool: update_order, arguments: { id: { argument: id } } } }\n"
                + "      get_order: { bucket: read, scope: user-credential }")
        let errors = try Folder(text, document: Self.document).errors
        #expect(
            errors.contains { $0.contains("'update_order' cannot be called, so it takes nothing back") }, "\(errors)")
    }

    @Test func `only a deletion has a reversible form`() throws {
        let errors = try folder("", ", instead: { tool: create_order, arguments: { amount: 1 } }").errors
        #expect(errors.contains { $0.contains("only what destroys has a reversible form") }, "\(errors)")
    }

    @Test func `what needs the answer does not make a deletion less final`() throws {
        let undo = ", undo: { tool: update_order, arguments: { id: { answer: /id }, status: back } }"
        #expect(try tool("delete_order", try folder(Self.archive + undo)).facts.isFinalDeletion == false)
        let document = Self.document.with(
            "responses: { \"204\": { description: Gone. } }",
            "responses: { \"200\": { description: Gone., content: { application/json: { schema: { type: object, properties: { id: { type: string } } } } } } }"
        )
        let text = Folder.configuration.with(
            "delete_order: { bucket: never }",
            "delete_order: { bucket: write, scope: user-credential\(undo) }\n"
                + "      get_order: { bucket: read, scope: user-credential }\n"
                + "      update_order: { bucket: write, scope: user-credential }")
        #expect(try tool("delete_order", try Folder(text, document: document)).facts.isFinalDeletion)
    }

    @Test func `what is bound reaches the operation that is sent, and nothing else does`() throws {
        let document = Self.document.with(
            "delete:\n      operationId: deleteOrder\n      parameters: [",
            "delete:\n      operationId: deleteOrder\n      parameters: [{ name: tenant, in: query, schema: { type: string } }, "
        ).with(
            "operationId: updateOrder\n",
            "operationId: updateOrder\n      parameters: [{ name: tenant, in: query, schema: { type: string } }]\n")
        func errors(_ arguments: String, _ update: String = "user-credential") throws -> [String] {
            let text = Folder.configuration.with(
                "delete_order: { bucket: never }",
                "delete_order: { bucket: write, scope: { bound: { tenant: tenant } }, "
                    + "instead: { tool: update_order, arguments: { id: { argument: id }\(arguments) } } }\n"
                    + "      update_order: { bucket: write, scope: \(update) }")
            return try Folder(text, document: document).errors
        }
        #expect(try errors("").contains { $0.contains("does not reach 'update_order'") })
        #expect(try errors(", tenant: { argument: tenant }").isEmpty)
        #expect(
            try errors(", tenant: { argument: tenant }, status: x", "{ bound: { status: user } }").contains {
                $0.contains("'status' of 'update_order' is bound to the user")
            })
    }

    @Test func `what is bound to the agent is not taken back by another`() throws {
        let document = Self.document.with(
            "operationId: updateOrder\n",
            "operationId: updateOrder\n      parameters: [{ name: actor, in: query, schema: { type: string } }]\n")
        let text = Folder.configuration.with(
            "delete_order: { bucket: never }",
            "get_order: { bucket: read, scope: user-credential }\n"
                + "      update_order: { bucket: write, scope: { bound: { actor: agent } }, undo: restore }")
        let errors = try Folder(text, document: document).errors
        #expect(
            errors.contains { $0.contains("is bound to the agent, and another agent takes calls back") }, "\(errors)")
    }

    @Test func `a tool that reads has nothing to take back`() throws {
        let folder = try Folder(
            Folder.configuration.with(
                "{ bound: { tenant_id: tenant } } }", "{ bound: { tenant_id: tenant } }, undo: restore }"))
        #expect(folder.errors.contains { $0.contains("leaves nothing to take back") })
    }

    @Test func `whoever allows a final deletion hears that it is asked`() throws {
        func warnings(_ delete: String, _ rule: String) throws -> [String] {
            let text = Folder.configuration.with(
                "delete_order: { bucket: never }", "delete_order: { bucket: write, scope: user-credential\(delete) }"
            ).with("  rules:\n", "  rules:\n\(rule)")
            return try Folder(text, document: Self.document).warnings
        }
        let allow = "    - { id: free, effect: allow, tools: [delete_order] }\n"
        #expect(try warnings("", allow).isEmpty, "another rule asks")
        let open = Folder.configuration.with(
            "delete_order: { bucket: never }", "delete_order: { bucket: write, scope: user-credential }"
        ).with(
            "      effect: ask\n      buckets: [write]\n      approvers: [manager]\n",
            "      effect: allow\n      buckets: [write]\n")
        let said = try Folder(open, document: Self.document).warnings
        #expect(said.contains { $0.contains("asked of the role 'approver', which nobody has") }, "\(said)")
    }
}

extension String {
    fileprivate var trimmed: String { trimmingPrefix("      ").description }
    fileprivate var replacingGone: String { replacing("gone", with: "away") }
}
