import Testing

@Suite struct YAMLScalarTests {
    @Test(arguments: [
        ("null", "null"), ("~", "null"), ("Null", "null"), ("NULL", "null"), ("", "null"), ("nULL", #""nULL""#),
        ("true", "true"), ("True", "true"), ("FALSE", "false"), ("yes", #""yes""#), ("NO", #""NO""#), ("on", #""on""#),
        ("off", #""off""#), ("y", #""y""#), ("tRue", #""tRue""#), ("'true'", #""true""#), ("\"~\"", #""~""#),
    ])
    func `null and booleans are those of YAML 1_2`(_ text: String, _ expected: String) {
        #expect(summary("- \(text)") == "[\(expected)]")
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "-0"), ("12", "12"), ("+12", "12"), ("-12", "-12"), ("007", "7"), ("-007", "-7"),
        ("00", "0"),
        ("1.10", "1.10"), ("1.", "1"), (".5", "0.5"), ("-.5", "-0.5"), ("+.5e3", "0.5e3"), ("1e3", "1e3"),
        ("1.e5", "1e5"),
        ("00.50", "0.50"), ("1E+5", "1E+5"), ("18446744073709551616", "18446744073709551616"),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ("0x1F", "31"), ("0xffffffffffffffffffff", "1208925819614629174706175"), ("0o17", "15"), ("0x0", "0"),
        ("0o7777777777777777777777777", "37778931862957161709567"),
    ])
    func `numbers keep their exact value`(_ text: String, _ expected: String) {
        #expect(summary("- \(text)") == "[\(expected)]")
    }

    @Test(arguments: [
        "1_000", "12:30:45", "2024-01-31", "2024-01-31T10:00:00Z", "1.2.3", "1..2", ".", "-.", "+", "..", "1e", "e5",
        "0x", "0xg", "0o8", "-0x1F", "0b11", "1e5e5", "--1", "+-1", "1-2", "1,5", "0X1F", ".inf.", "inf", "nan", "1.e",
        ".e5",
    ])
    func `what is no number stays a string`(_ text: String) {
        #expect(summary("- \(text)") == "[\"\(text)\"]")
    }

    @Test(arguments: [".inf", "-.inf", "+.INF", ".Inf", ".nan", ".NaN", ".NAN", "!!float .inf"])
    func `infinities and NaN are refused`(_ text: String) {
        #expect(summary("a:\n  - \(text)") == "no-json-number 2:5")
        #expect(summary("- '\(text)'") == "[\"\(text)\"]")
    }

    @Test(arguments: [
        ("!!str 12", #""12""#), ("! 12", #""12""#), ("!!int '12'", "12"), ("!!float 12", "12"),
        ("!!bool 'true'", "true"),
        ("!!null ''", "null"), ("!!str", #""""#), ("!!timestamp 2024-01-31", #""2024-01-31""#), ("!!seq [1]", "[1]"),
        ("!!map {a: 1}", #"{"a":1}"#), ("!<tag:yaml.org,2002:str> 1", #""1""#), ("!!int 1.5", "invalid-yaml 1:3"),
        ("!!int abc", "invalid-yaml 1:3"), ("!!bool yes", "invalid-yaml 1:3"), ("!!binary aGk=", "unsupported-tag 1:3"),
        ("!!set {a}", "unsupported-tag 1:3"), ("!!omap [a: 1]", "unsupported-tag 1:3"),
        ("!Ref x", "unsupported-tag 1:3"),
        ("!!map [1]", "unsupported-tag 1:3"), ("!!seq {a: 1}", "unsupported-tag 1:3"),
        ("!!map x", "unsupported-tag 1:3"),
        ("{!!binary aGk=: 1}", "unsupported-tag 1:4"), ("{!!str 1: 2}", #"{"1":2}"#), ("{!!int x: 2}", #"{"x":2}"#),
    ])
    func `core tags decide and others are refused`(_ text: String, _ expected: String) {
        #expect(
            summary("- \(text)") == (expected.contains("yaml") || expected.contains("tag") ? expected : "[\(expected)]")
        )
    }

    @Test func `keys are the text of their scalar`() {
        let text = "200: a\n0x10: b\ntrue: c\n~: d\n1.10: e\n2024-01-31: f\n'q': g\n?\n: h\n.inf: i"
        let expected =
            #"{"200":"a","0x10":"b","true":"c","~":"d","1.10":"e","2024-01-31":"f","q":"g","":"h",".inf":"i"}"#
        #expect(summary(text) == expected)
    }

    @Test func `block scalars and quotes are strings`() {
        #expect(
            summary("a: |\n  1\n  2\nb: >-\n  x\n  y\nc: \"\\u00e9\\x41\\n\"\nd: 'it''s'")
                == #"{"a":"1\n2\n","b":"x y","c":"éA\n","d":"it's"}"#)
    }
}
