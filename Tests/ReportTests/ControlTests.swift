import Foundation
import Testing

@testable import Report

@Suite struct ControlTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    @Test(arguments: Control.allCases) func `the test that proves a control is there`(_ control: Control) throws {
        guard let proof = control.proof else { return }
        let text = try String(contentsOf: Self.tests.appending(path: proof), encoding: .utf8)
        #expect(text.contains("@Test"))
    }

    @Test(arguments: Check.allCases) func `the test that proves a check is there`(_ check: Check) throws {
        let text = try String(contentsOf: Self.tests.appending(path: check.proof), encoding: .utf8)
        #expect(text.contains("@Test"))
    }

    @Test func `points are those of the method, 100 in all`() {
        #expect(Control.allCases.reduce(0) { $0 + $1.points } == 100)
        for area in Area.allCases { #expect(Control.allCases.contains { $0.area == area }) }
    }

    @Test func `caps have stable names, each its own`() {
        #expect(Set(Score.Cap.allCases.map(\.code)).count == Score.Cap.allCases.count)
    }
}
