import Foundation
import JSON
import Testing

@testable import Commands

@Suite struct ClassifyTests {
    private func answer(_ line: String) throws -> JSONValue {
        try classifyLine(Array(line.utf8))
    }

    private func lines(_ bytes: [UInt8], limit: Int = 100) throws -> [InputLines.Line] {
        let pipe = Pipe()
        let writer = Thread {
            try? pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
            try? pipe.fileHandleForWriting.close()
        }
        writer.start()
        var input = InputLines(pipe.fileHandleForReading.fileDescriptor, limit: limit)
        var lines: [InputLines.Line] = []
        while let line = try input.next() { lines.append(line) }
        #expect(input.number == lines.count)
        return lines
    }

    @Test func `a tool is answered with its id, level and evidence`() throws {
        let tool =
            #"{"id":"a","name":"refund","method":"post","path":"/payments/{id}/refunds","#
            + #""schema":{"properties":{"amount":{"type":"integer"},"currency":{"type":"string"}}}}"#
        let answer = try answer(tool)
        #expect(answer["id"] == .string("a"))
        #expect(answer["level"] == .string("side-effect"))
        #expect(answer["categories"] == [.string("financial")])
        #expect(answer["effect"] == .string("potentially irreversible"))
        #expect(answer["bucket"] == .string("write"))
        let evidence = answer["evidence"]?.array?.compactMap(\.string) ?? []
        #expect(evidence.contains(#"financial: path ends in "/refunds"; body has "amount" and "currency""#))
        #expect(answer["contradictions"] == nil)
        #expect(
            answer.object?.map(\.key) == [
                "id", "level", "categories", "effect", "bucket", "confidence", "evidence",
            ])
    }

    @Test func `both names of a schema are read, and ids are kept as they are`() throws {
        for key in ["schema", "inputSchema"] {
            let line = #"{"id":1.50,"name":"pay","\#(key)":{"properties":{"amount":true}}}"#
            let answer = try answer(line)
            #expect(answer["id"]?.text == "1.50")
            #expect(answer["evidence"]?.text.contains("body has") == true)
        }
        #expect(try answer(#"{"name":"list_notes"}"#)["id"] == .null)
        #expect(try answer(#"{"method":"GET","path":"/notes"}"#)["level"] == .string("read-only"))
    }

    @Test func `hints raise and contradictions are told`() throws {
        let raised = try answer(#"{"name":"list_notes","annotations":{"readOnlyHint":false}}"#)
        #expect(raised["level"] == .string("side-effect"))
        let told = try answer(#"{"name":"delete_note","annotations":{"readOnlyHint":true,"destructiveHint":null}}"#)
        #expect(told["level"] == .string("critical"))
        #expect(told["contradictions"]?.array?.first?["kind"] == .string("declared-read-only"))
    }

    @Test(arguments: [
        ("{", "the text ends before the value does, at byte 2"), ("[]", "the line is no JSON object"),
        ("{}", "the tool has neither a 'name' nor a 'path'"), (#"{"name":1}"#, "'name' is no string"),
        (#"{"name":"a","annotations":[]}"#, "'annotations' is no object"),
        (#"{"name":"a","annotations":{"readOnlyHint":"yes"}}"#, "'readOnlyHint' is neither true nor false"),
        (#"{"name":"a","schema":"x"}"#, "'schema' is no schema"), (#"{"name":"a","tags":"x"}"#, "'tags' is no list"),
    ])
    func `what is wrong with a line is said`(line: String, message: String) {
        #expect(throws: LineFlaw(message: message)) { try answer(line) }
    }

    @Test func `lines come one by one, the last one without an end too`() throws {
        #expect(try lines([]) == [])
        #expect(try lines(Array("a\n\nb".utf8)) == [.text([0x61]), .text([]), .text([0x62])])
        #expect(try lines(Array("a\n".utf8)) == [.text([0x61])])
        let many = Array(String(repeating: "x\n", count: 100_000).utf8)
        #expect(try lines(many).count == 100_000)
    }

    @Test func `a line that is too long is passed over, and the next is read`() throws {
        let long = [UInt8](repeating: 0x78, count: 1_000_000)
        #expect(try lines(long + [0x0A, 0x61, 0x0A]) == [.tooLong, .text([0x61])])
        #expect(try lines(long) == [.tooLong])
        let just = [UInt8](repeating: 0x78, count: 100)
        #expect(try lines(just + [0x0A]) == [.text(just)])
        #expect(try lines(just + [0x78, 0x0A]) == [.tooLong])
    }
}
