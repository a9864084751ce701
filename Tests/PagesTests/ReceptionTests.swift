import Core
import Engine
import JSON
import Testing

@testable import Pages

@Suite struct ReceptionTests {
    @Test func `a person signs in, sees exactly what waits, and approves it once`() async throws {
        let scene = Scene()
        let id = try await scene.propose()
        let sent = await scene.get("/approvals/\(id.text)")
        #expect(sent.status == 303 && sent.header("Location") == "/sign-in?next=/approvals/\(id.text)")
        let signedIn = await scene.post(
            "/sign-in", ["name": "ben", "password": "right password", "next": "/approvals/\(id.text)"])
        #expect(signedIn.header("Location") == "/approvals/\(id.text)")
        let attributes = signedIn.header("Set-Cookie") ?? ""
        #expect(attributes.hasPrefix("__Host-sallyport="))
        #expect(attributes.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Lax"))

        let cookie = await scene.signIn()
        let page = await scene.get("/approvals/\(id.text)", ["cookie": cookie])
        #expect(page.status == 200)
        #expect(page.text.contains("<h1>Create refund: amount 500, note “late”</h1>"))
        #expect(page.text.contains("helper") && page.text.contains("Approve exactly this"))
        #expect(await scene.get("/approvals", ["cookie": cookie]).text.contains("Create refund: amount 500"))
        let done = await scene.decide(id, ["verdict": "approve", "reason": "it was late"], cookie)
        #expect(done.status == 303)
        #expect(try await scene.phase(id) == .approved)
        #expect(await scene.decide(id, ["verdict": "approve"], cookie).status == 409)
        guard case .answer(_, let ran) = await scene.call() else {
            Issue.record("the approved call did not run")
            return
        }
        #expect(ran == id)
        #expect(await scene.get("/approvals/\(id.text)", ["cookie": cookie]).text.contains("ben"))
    }

    @Test func `rejecting takes one step, and the agent is told why`() async throws {
        let scene = Scene()
        let id = try await scene.propose()
        _ = await scene.decide(id, ["verdict": "reject", "reason": "too much"], await scene.signIn())
        guard case .refused(let refusal, _) = await scene.call() else {
            Issue.record("a rejected call was not refused")
            return
        }
        #expect(refusal.message.contains("too much"))
    }

    @Test func `nothing is decided without a form of ours`() async throws {
        let scene = Scene()
        let id = try await scene.propose()
        let cookie = await scene.signIn()
        let token = await scene.token(cookie)
        let approve = ["verdict": "approve", "form-token": token]
        let tries: [(form: [String: String], headers: [String: String])] = [
            (approve, ["origin": "https://evil.example"]), (approve, ["origin": "null"]),
            (approve, ["origin": "http://gate.example"]), (approve, ["origin": "https://gate.example.evil.example"]),
            (approve, ["origin": "https://gate.example:8443"]),
            (["verdict": "approve", "form-token": ""], [:]), (["verdict": "approve", "form-token": token + "0"], [:]),
            (["verdict": "approve", "form-token": await scene.token(await scene.signIn("cleo"))], [:]),
            (approve, ["content-type": "text/plain"]), (approve, ["content-type": "application/json"]),
            (approve, ["cookie": ""]), (approve, ["cookie": "__Host-sallyport=" + token]),
            (approve, ["cookie": "\(cookie); \(cookie)x"]),
            (approve, ["host": "evil.example"]), (approve, ["host": ""]),
        ]
        for (form, headers) in tries {
            let reply = await scene.decide(id, form, cookie, headers)
            #expect([403, 421].contains(reply.status), "\(headers) \(form)")
        }
        // A form without a token at all, and one that says a field twice.
        for body in ["verdict=approve", "verdict=approve&form-token=\(token)&form-token=\(token)"] {
            let reply = await scene.reception.answer(
                PageRequest(
                    "POST", "/approvals/\(id.text)",
                    headers: [
                        "host": "gate.example", "origin": Scene.origin, "cookie": cookie,
                        "content-type": "application/x-www-form-urlencoded",
                    ], body: Array(body.utf8)))
            #expect(reply.status == 403)
        }
        #expect(try await scene.phase(id) == .proposed)
        // The positive control: the same form as a browser of ours sends it.
        #expect(await scene.decide(id, approve, cookie).status == 303)
        #expect(try await scene.phase(id) == .approved)
    }

    @Test(arguments: ["", "0", "another call's"]) func `a yes to another call than the one that was shown is none`(
        _ shown: String
    ) async throws {
        let scene = Scene()
        let id = try await scene.propose()
        let cookie = await scene.signIn()
        let other = Digest(of: Array("another".utf8)).hex
        for verdict in ["approve", "break-glass"] {
            let form = ["verdict": verdict, "digest": shown == "another call's" ? other : shown]
            #expect(await scene.decide(id, form, cookie).status == 409)
        }
        #expect(try await scene.phase(id) == .proposed)
        let digest = try #require(try await scene.gate.journal.call(id)).opening.digest.hex
        let page = String(decoding: await scene.get("/approvals/\(id.text)", ["cookie": cookie]).body, as: UTF8.self)
        #expect(page.contains("name=\"digest\" value=\"\(digest)\""))
    }

    @Test func `a browser without Origin says that the form is ours, or it is not taken`() async throws {
        let scene = Scene()
        let id = try await scene.propose()
        let cookie = await scene.signIn()
        let token = await scene.token(cookie)
        let digest = try #require(try await scene.gate.journal.call(id)).opening.digest.hex
        func send(_ site: String?) async -> Int {
            var headers = [
                "host": "gate.example", "cookie": cookie, "content-type": "application/x-www-form-urlencoded",
            ]
            headers["sec-fetch-site"] = site
            return await scene.reception.answer(
                PageRequest(
                    "POST", "/approvals/\(id.text)", headers: headers,
                    body: Array("verdict=approve&digest=\(digest)&form-token=\(token)".utf8))
            ).status
        }
        for site in [nil, "cross-site", "same-site", "none"] { #expect(await send(site) == 403) }
        #expect(await send("same-origin") == 303)
    }

    @Test func `who may not decide sees the call and no form for it`() async throws {
        let scene = Scene()
        let id = try await scene.propose()
        let clerk = await scene.signIn("cleo")
        let page = await scene.get("/approvals/\(id.text)", ["cookie": clerk])
        #expect(!page.text.contains("Approve exactly this") && page.text.contains("takes one of the roles: manager"))
        #expect(await scene.decide(id, ["verdict": "approve"], clerk).status == 409)
        let own = await scene.signIn("ana")
        #expect(await scene.get("/approvals/\(id.text)", ["cookie": own]).text.contains("Withdraw this call"))
        #expect(await scene.decide(id, ["verdict": "approve"], own).status == 409)
        #expect(await scene.decide(id, ["verdict": "withdraw"], clerk).status == 409)
        #expect(try await scene.phase(id) == .proposed)
        #expect(await scene.decide(id, ["verdict": "withdraw"], own).status == 303)
        #expect(try await scene.phase(id) == .withdrawn)
    }

    @Test func `who has nothing to do with a call does not see it`() async throws {
        let scene = Scene()
        let id = try await scene.propose()
        let stranger = await scene.signIn("sue")
        #expect(await scene.get("/approvals/\(id.text)", ["cookie": stranger]).status == 404)
        #expect(await !scene.get("/approvals", ["cookie": stranger]).text.contains("Create refund"))
        #expect(await scene.decide(id, ["verdict": "reject"], stranger).status == 404)
        // sue:right password
        let headers = ["host": "gate.example", "authorization": "Basic c3VlOnJpZ2h0IHBhc3N3b3Jk"]
        #expect(await scene.get("/api/approvals", headers).text == #"{"calls":[]}"#)
        #expect(await scene.get("/api/approvals/\(id.text)", headers).status == 404)
        #expect(try await scene.phase(id) == .proposed)
    }

    @Test func `the glass is broken with a reason`() async throws {
        let scene = Scene()
        let id = try await scene.propose()
        let clerk = await scene.signIn("cleo")
        #expect(await scene.get("/approvals/\(id.text)", ["cookie": clerk]).text.contains("Break the glass"))
        #expect(await scene.decide(id, ["verdict": "break-glass", "reason": "urgent"], clerk).status == 409)
        #expect(await scene.decide(id, ["verdict": "break-glass", "reason": "a         b"], clerk).status == 409)
        let done = await scene.decide(id, ["verdict": "break-glass", "reason": "the shop is down"], clerk)
        #expect(done.status == 303)
        #expect(try await scene.phase(id) == .approved)
    }

    // MARK: Sessions

    @Test func `a session ends with its time, with signing out, and with the person`() async throws {
        let scene = Scene()
        func isIn(_ cookie: String) async -> Bool { await scene.get("/approvals", ["cookie": cookie]).status == 200 }
        var cookie = await scene.signIn()
        scene.advance(bySeconds: Sessions.idleSeconds - 1)
        #expect(await isIn(cookie))
        scene.advance(bySeconds: Sessions.idleSeconds)
        #expect(await !isIn(cookie))
        cookie = await scene.signIn()
        for _ in 0..<16 {
            scene.advance(bySeconds: Sessions.idleSeconds - 1)
            if await !isIn(cookie) { break }
        }
        scene.advance(bySeconds: 60)
        #expect(await !isIn(cookie), "however much it is used")
        cookie = await scene.signIn()
        #expect(
            await scene.post("/sign-out", ["form-token": await scene.token(cookie)], ["cookie": cookie]).status == 303)
        #expect(await !isIn(cookie))
        cookie = await scene.signIn()
        scene.changePasswords()
        #expect(await !isIn(cookie), "another password ends what the old one opened")
        cookie = await scene.signIn()
        scene.dismiss("ben")
        #expect(await !isIn(cookie))
    }

    @Test func `signing in takes the right password, a form of ours, and leads nowhere else`() async throws {
        let scene = Scene()
        let form = ["name": "ben", "password": "right password", "next": "https://evil.example/"]
        #expect(await scene.post("/sign-in", form).header("Location") == "/approvals")
        for next in ["//evil.example", "/approvals/../sign-out", "/approvals/x", "javascript:alert(1)"] {
            #expect(
                await scene.post("/sign-in", form.merging(["next": next]) { $1 }).header("Location") == "/approvals")
        }
        let wrong = await scene.post("/sign-in", form.merging(["password": "wrong"]) { $1 })
        #expect(wrong.status == 403 && wrong.header("Set-Cookie") == nil)
        #expect(await scene.post("/sign-in", form, ["origin": "https://evil.example"]).header("Set-Cookie") == nil)
        let planted = await scene.signIn("cleo")
        let fresh = await scene.post("/sign-in", form, ["cookie": planted])
        #expect(fresh.header("Set-Cookie").map { !$0.contains(planted) } == true)
        #expect(await scene.get("/approvals", ["cookie": planted]).status == 303, "the planted session is over")
    }

    @Test func `every page forbids what it does not need`() async throws {
        let scene = Scene()
        for path in ["/", "/sign-in", "/approvals", "/style.css", "/nowhere", "/api/approvals"] {
            let reply = await scene.get(path)
            let policy = reply.header("Content-Security-Policy") ?? ""
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
            #expect(reply.header("Cache-Control") == "no-store" && reply.header("X-Frame-Options") == "DENY")
            #expect(reply.header("Strict-Transport-Security") != nil)
        }
        #expect(await scene.get("/approvals", ["host": "evil.example"]).status == 421)
        let big = await scene.post("/sign-in", ["name": String(repeating: "x", count: 20_000)])
        #expect(big.status == 413)
    }

    // MARK: Hostile text

    @Test(arguments: [
        "<script>alert(1)</script>", "</pre></details><form action=//evil.example><button>Approve",
        "\"><img src=x onerror=y>",
        "“ to ben. <b>Approved by the board", "\u{202E}evil", "a\nb\u{0000}c", "&lt;b&gt;", "{{title}}",
    ])
    func `what the agent writes cannot become a part of the page`(_ text: String) async throws {
        let scene = Scene()
        let id = try await scene.propose(["amount": 500, "note": .string(text), text: "x"])
        let cookie = await scene.signIn()
        for path in ["/approvals", "/approvals/\(id.text)"] {
            let page = await scene.get(path, ["cookie": cookie]).text
            for tag in ["<script", "<img", "<b>Approved", "<form action", "\u{202E}", "\u{0000}"] {
                #expect(!page.contains(tag), "\(tag) in \(path)")
            }
            #expect(page.components(of: "<form") == (path == "/approvals" ? 1 : 3))
        }
    }

    // MARK: For programs

    @Test func `a program decides as the person who runs it`() async throws {
        let scene = Scene()
        let id = try await scene.propose()
        func ask(_ path: String, _ credentials: String?, _ body: String? = nil) async -> PageReply {
            var headers = ["host": "gate.example", "content-type": "application/json"]
            headers["authorization"] = credentials
            return await scene.reception.answer(
                PageRequest(body == nil ? "GET" : "POST", path, headers: headers, body: Array((body ?? "").utf8)))
        }
        // ben:right password, ana:right password, ben:wrong
        let (ben, ana, wrong) = (
            "Basic YmVuOnJpZ2h0IHBhc3N3b3Jk", "Basic YW5hOnJpZ2h0IHBhc3N3b3Jk", "Basic YmVuOndyb25n"
        )
        for credentials in [nil, wrong, "Bearer x", "Basic !", "Basic "] {
            #expect(await ask("/api/approvals", credentials).status == 401)
        }
        let list = try JSONParser.parse(await ask("/api/approvals", ben).body)
        #expect(list["calls"]?.array?.first?["id"] == .string(id.text))
        #expect(list["calls"]?.array?.first?["may_decide"] == true)
        #expect(await ask("/api/approvals/\(id.text)", ana, #"{"verdict":"approve"}"#).status == 409)
        for body in ["", "{}", "[]", #"{"verdict":5}"#] {
            #expect(await ask("/api/approvals/\(id.text)", ben, body).status == 400, "\(body)")
        }
        #expect(await ask("/api/approvals/\(id.text)", ben, #"{"verdict":"maybe"}"#).status == 409)
        #expect(await ask("/api/approvals/x", ben).status == 404)
        #expect(try await scene.phase(id) == .proposed)
        #expect(await ask("/api/approvals/\(id.text)", ben, #"{"verdict":"approve","reason":"fine"}"#).status == 409)
        let digest = list["calls"]?.array?.first?["digest"]?.string ?? ""
        let body = #"{"verdict":"approve","reason":"fine","digest":"\#(digest)"}"#
        let other = body.replacing(digest, with: String(digest.dropLast()) + (digest.hasSuffix("0") ? "1" : "0"))
        #expect(await ask("/api/approvals/\(id.text)", ben, other).status == 409)
        #expect(try await scene.phase(id) == .proposed)
        let reply = await ask("/api/approvals/\(id.text)", ben, body)
        #expect(try JSONParser.parse(reply.body)["phase"] == "approved")
        #expect(try await scene.gate.journal.call(id)?.verdicts.first?.channel == "api")
    }
}

extension String {
    fileprivate func components(of text: String) -> Int {
        ranges(of: text).count
    }
}
