/// One demo tenant as it is written down below.
struct SeedTenant {
    struct Customer {
        var name: String
        var mailbox: String
        var company: String
        var domain: String
        var owner: String
        var risk: Int

        init(_ name: String, _ mailbox: String, _ company: String, _ domain: String, _ owner: String, risk: Int) {
            self.name = name
            self.mailbox = mailbox
            self.company = company
            self.domain = domain
            self.owner = owner
            self.risk = risk
        }
    }

    struct Deal {
        var title: String
        var customer: String
        var owner: String
        var stage: String
        var cents: Int
        var closeDate: String
        var margin: Int

        init(
            _ title: String, _ customer: Int, _ owner: String, _ stage: String, _ cents: Int, _ closeDate: String,
            margin: Int,
        ) {
            self.title = title
            self.customer = twoDigits(customer)
            self.owner = owner
            self.stage = stage
            self.cents = cents
            self.closeDate = closeDate
            self.margin = margin
        }
    }

    struct Invoice {
        var customer: String
        var cents: Int
        var currency: String?
        var isPaid: Bool
        var method: String

        init(_ customer: Int, _ cents: Int, currency: String? = nil, isPaid: Bool = true, method: String = "card") {
            self.customer = twoDigits(customer)
            self.cents = cents
            self.currency = currency
            self.isPaid = isPaid
            self.method = method
        }
    }

    struct Message {
        var sender: String
        var to: String
        var subject: String
        var body: String

        init(_ sender: String, _ to: String, _ subject: String, _ body: String) {
            self.sender = sender
            self.to = to
            self.subject = subject
            self.body = body
        }
    }

    var id: String
    var short: String
    var name: String
    var currency: String
    var customers: [Customer]
    var deals: [Deal]
    var invoices: [Invoice]
    var messages: [Message]

    func identifier(_ prefix: String, _ number: String) -> String {
        "\(prefix)_\(short)_\(number)"
    }
}

func twoDigits(_ number: Int) -> String {
    (number < 10 ? "0" : "") + String(number)
}

extension Seed {
    static let north = SeedTenant(
        id: "acme-north",
        short: "north",
        name: "Acme North",
        currency: "EUR",
        customers: [
            .init("Ingrid Halvorsen", "ingrid", "Fjordline Logistics", "fjordline.example", "usr_ana", risk: 12),
            .init("Mikael Lund", "mikael", "Lund & Sons Timber", "lundtimber.example", "usr_ana", risk: 31),
            .init("Petra Novak", "petra", "Novak Optics", "novakoptics.example", "usr_ana", risk: 8),
            .init("Oskar Brandt", "oskar", "Brandt Maschinenbau", "brandt.example", "usr_ana", risk: 44),
            .init("Sofia Berg", "sofia", "Bergwerk Studios", "bergwerk.example", "usr_ana", risk: 19),
            .init("Jonas Vik", "jonas", "Vik Seafood", "vikseafood.example", "usr_ben", risk: 63),
            .init("Elena Marku", "elena", "Marku Textiles", "marku.example", "usr_ana", risk: 27),
            .init("Tomas Reyes", "tomas", "Reyes Robotics", "reyesrobotics.example", "usr_ben", risk: 5),
            .init("Hanna Koski", "hanna", "Koski Paper", "koskipaper.example", "usr_ana", risk: 38),
            .init("Lars Nyberg", "lars", "Nyberg Cycles", "nybergcycles.example", "usr_ana", risk: 22),
        ],
        deals: [
            .init("Fleet tracking, 40 vehicles", 1, "usr_ana", "negotiation", 4_800_000, "2026-06-30", margin: 34),
            .init("Saw line maintenance", 2, "usr_ana", "proposal", 1_250_000, "2026-07-15", margin: 28),
            .init("Lens inspection pilot", 3, "usr_ana", "qualified", 390_000, "2026-08-01", margin: 51),
            .init("Spare parts portal", 4, "usr_ana", "won", 2_175_050, "2026-03-20", margin: 40),
            .init("Render farm support", 5, "usr_ana", "lead", 760_000, "2026-09-30", margin: 22),
            .init("Cold chain sensors", 6, "usr_ben", "negotiation", 3_310_000, "2026-06-12", margin: 37),
            .init("Loom telemetry", 7, "usr_ana", "lost", 905_000, "2026-02-28", margin: 18),
            .init("Arm calibration contract", 8, "usr_ben", "won", 5_640_000, "2026-04-02", margin: 45),
            .init("Pulp quality dashboard", 9, "usr_ana", "proposal", 1_120_000, "2026-07-31", margin: 30),
            .init("Dealer network rollout", 10, "usr_ana", "lead", 275_000, "2026-10-15", margin: 25),
        ],
        invoices: [
            .init(1, 14_900),
            .init(2, 48_050),
            .init(3, 125_000, method: "transfer"),
            .init(4, 9_999),
            .init(5, 250_000, method: "transfer"),
            .init(6, 74_525),
            .init(7, 19_900, currency: "GBP"),
            .init(8, 564_000, method: "transfer"),
            .init(1, 14_900, isPaid: false),
            .init(4, 217_505, isPaid: false),
        ],
        messages: [
            .init(
                "usr_ana", "ingrid@fjordline.example", "Contract draft",
                "Hello Ingrid, the draft for the 40 vehicles is attached to your account. Best, Ana"),
            .init(
                "usr_ana", "mikael@lundtimber.example", "Your invoice",
                "Hello Mikael, thank you for the payment of last week. Best, Ana"),
            .init(
                "usr_ben", "tomas@reyesrobotics.example", "Welcome",
                "Hello Tomas, I am your contact for the calibration contract. Best, Ben"),
        ],
    )

    static let south = SeedTenant(
        id: "acme-south",
        short: "south",
        name: "Acme South",
        currency: "USD",
        customers: [
            .init("Amara Diallo", "amara", "Diallo Solar", "diallosolar.example", "usr_cleo", risk: 15),
            .init("Rafael Costa", "rafael", "Costa Verde Hotels", "costaverde.example", "usr_cleo", risk: 41),
            .init("Nadia Haddad", "nadia", "Haddad Ceramics", "haddad.example", "usr_cleo", risk: 9),
            .init("Kofi Mensah", "kofi", "Mensah Cocoa", "mensahcocoa.example", "usr_cleo", risk: 33),
            .init("Lucia Romero", "lucia", "Romero Vineyards", "romerovineyards.example", "usr_cleo", risk: 11),
            .init("Daniel Okoye", "daniel", "Okoye Freight", "okoyefreight.example", "usr_cleo", risk: 58),
            .init("Mei Tanaka", "mei", "Tanaka Ferries", "tanakaferries.example", "usr_cleo", risk: 24),
            .init("Yusuf Demir", "yusuf", "Demir Steel", "demirsteel.example", "usr_cleo", risk: 70),
            .init("Carla Mendes", "carla", "Mendes Coffee", "mendescoffee.example", "usr_cleo", risk: 6),
            .init("Theo Papas", "theo", "Papas Shipping", "papasshipping.example", "usr_cleo", risk: 29),
        ],
        deals: [
            .init("Panel monitoring", 1, "usr_cleo", "proposal", 2_240_000, "2026-06-18", margin: 36),
            .init("Booking data cleanup", 2, "usr_cleo", "qualified", 680_000, "2026-07-05", margin: 42),
            .init("Kiln control upgrade", 3, "usr_cleo", "won", 1_935_000, "2026-03-28", margin: 33),
            .init("Harvest forecasting", 4, "usr_cleo", "negotiation", 1_480_000, "2026-06-25", margin: 29),
            .init("Cellar sensors", 5, "usr_cleo", "lead", 310_000, "2026-09-10", margin: 47),
            .init("Route planning licences", 6, "usr_cleo", "negotiation", 3_975_000, "2026-06-05", margin: 31),
            .init("Ticketing integration", 7, "usr_cleo", "lost", 820_000, "2026-02-20", margin: 20),
            .init("Furnace analytics", 8, "usr_cleo", "proposal", 6_120_000, "2026-08-20", margin: 39),
            .init("Roastery traceability", 9, "usr_cleo", "lead", 450_000, "2026-10-01", margin: 26),
            .init("Port call optimisation", 10, "usr_cleo", "qualified", 2_650_000, "2026-08-14", margin: 35),
        ],
        invoices: [
            .init(1, 22_400),
            .init(2, 68_000, method: "transfer"),
            .init(3, 193_500, method: "transfer"),
            .init(4, 14_800),
            .init(5, 3_100),
            .init(6, 397_500, method: "transfer"),
            .init(7, 8_250, currency: "GBP"),
            .init(8, 61_275),
            .init(2, 68_000, isPaid: false),
            .init(6, 39_750, isPaid: false),
        ],
        messages: [
            .init(
                "usr_cleo", "amara@diallosolar.example", "Site visit",
                "Hello Amara, shall we visit the northern array on Tuesday? Best, Cleo"),
            .init(
                "usr_cleo", "kofi@mensahcocoa.example", "Forecast sample",
                "Hello Kofi, here is the forecast for two of your plots. Best, Cleo"),
        ],
    )
}
