import Documents
import JSON
import TestSupport
import Testing

@Suite struct RealDocumentTests {
    @Test(.enabled(if: SharedData.isThere))
    func `every real document is read or refused at a place`() throws {
        let paths = SharedData.documents
        #expect(paths.count > 400)
        for path in paths {
            let bytes = try SharedData.bytes(path)
            switch outcome(bytes) {
            case .success(let document):
                // A debug build takes seconds for the largest.
                guard bytes.count < 500_000 else { continue }
                // What was read has a place, down to the last leaf.
                var pointer = JSONPointer()
                var value = document.value
                while let token = value.object?.last?.key ?? value.array?.indices.last.map(String.init) {
                    pointer = pointer.appending(token)
                    value = document.value[pointer] ?? .null
                }
                #expect(document.position(of: pointer) != nil, "\(path) \(pointer)")
                #expect(try JSONParser.parse(document.value.bytes) == document.value, "\(path)")
            case .failure(let error):
                #expect(error.position != nil, "\(path)")
                #expect(error.hint != nil, "\(path): \(error)")
            }
        }
    }

    @Test(
        .enabled(if: SharedData.isThere),
        arguments: [
            ("openapi/github_2020-08.json", "/openapi", #""3.0.3""#),
            ("openapi/stripe_old.yaml", "/openapi", #""3.0.0""#),
            ("openapi/docker_engine_swagger2.yaml", "/swagger", #""2.0""#),
            ("openapi/suites/pb33f-libopenapi/test_specs/yaml-anchor.yaml", "/openapi", #""3.0.2""#),
        ])
    func `known parts are found`(_ path: String, _ pointer: String, _ expected: String) throws {
        let document = try outcome(try SharedData.bytes(path)).get()
        #expect(document.value[try #require(JSONPointer(parsing: pointer))]?.text == expected)
    }

    @Test(.enabled(if: SharedData.isThere), arguments: 1...10)
    func `broken documents end in a value or a place`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for path in ["redocly_pets.yaml", "readme_complex-nesting.json", "swaggerparser_deep-circular.yaml"] {
            let whole = try SharedData.bytes("openapi/\(path)")
            for _ in 0..<10 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...5, using: &generator) {
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                    case 1: bytes.removeSubrange(index..<min(bytes.count, index + 40))
                    default:
                        bytes.insert(
                            contentsOf: Array("&*!{}[]:,-?|>'\"%@\t\n<~".utf8.shuffled(using: &generator).prefix(2)),
                            at: index)
                    }
                }
                if case .failure(let error) = outcome(bytes) { #expect(error.position != nil, "seed \(seed) \(error)") }
            }
        }
    }
}

/// A generator whose seed repeats its run.
private struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
