import Core
import Testing

@testable import Engine

@Suite struct ConversationsTests {
    private let begin = Timestamp(seconds: 1_800_000_000)
    private let ana = World.principal()

    @Test func `where the database is asked no process begins a conversation by itself`() {
        let conversations = Conversations()
        #expect(conversations.isDue(ana, at: begin))
        conversations.adopt(begin, of: ana, at: begin)
        #expect(!conversations.isDue(ana, at: begin.advanced(bySeconds: 59)))
        #expect(conversations.isDue(ana, at: begin.advanced(bySeconds: 60)))
        // Asked a moment ago, and over by now: it has to be asked again.
        let late = begin.advanced(bySeconds: Conversations.longestSeconds - 10)
        conversations.adopt(begin, of: ana, at: late)
        #expect(!conversations.isDue(ana, at: late.advanced(bySeconds: 9)))
        #expect(conversations.isDue(ana, at: late.advanced(bySeconds: 10)))
        // A clock that went back is no reason to trust what is known.
        #expect(conversations.isDue(ana, at: late.advanced(bySeconds: -1)))
    }
}
