# Was die App sagt, auf Deutsch.

app-name = graspd
page-now = Jetzt
page-locks = Sperren
page-learning = Lernen
page-health = Zustand
menu = Hauptmenü
menu-about = Über graspd
about-comments = Achtet an der Bewegung darauf, ob die Besitzerin oder der Besitzer das Gerät hält, und bittet sonst um eine Sperre. Es öffnet nie einen Bildschirm.

# --- Läuft es, und was glaubt es?

status-searching = Einen Augenblick.
    .title = graspd wird gesucht
status-no-bus = Es gibt keinen System-Bus, daher lässt sich nicht sagen, ob graspd läuft.
    .title = Niemand zu finden
status-not-running = Es läuft nicht, und niemand achtet darauf, wer dieses Gerät hält. „Zustand“ sagt, was fehlen könnte.
    .title = graspd ist aus
status-not-enrolled = Es läuft und entscheidet nichts, solange es nicht gelernt hat, wie Sie das Gerät halten. „Lernen“ beginnt damit.
    .title = Es kennt Sie noch nicht
status-paused = Bis { $until } oder bis zum nächsten Sperrbildschirm wird nichts entschieden.
    .title = Pause
status-screen-locked = Nichts wird entschieden, bis Sie ihn öffnen.
    .title = Der Bildschirm ist gesperrt
status-session-inactive = Eine andere Sitzung ist in Gebrauch, daher wird nichts entschieden.
    .title = Nicht Ihre Sitzung
status-asleep = Das System schläft oder ist dabei, es zu tun.
    .title = Es schläft
status-no-motion = Die Sensoren schweigen, oder es lässt sich nicht beurteilen, was sie sagen. Niemand achtet darauf, wer dieses Gerät hält. „Zustand“ sagt, was fehlen könnte.
    .title = Es sieht nichts
status-owner = Die Bewegung sieht nach Ihnen aus. Ändert sich das, bittet es um eine Sperre.
    .title = Es erkennt Sie
status-undecided = Die Bewegung spricht weder für Sie noch gegen Sie.
    .title = Es wacht
status-warm-up = Noch ist zu wenig zu sehen, um zu sagen, wer es hält.
    .title = Es wacht
status-at-rest = Niemandes Bewegung ist darin. Liegt es lange, läuft das Vertrauen ab, und es sperrt.
    .title = Es liegt still
status-gap = Es fehlten Messwerte, daher sieht es von Neuem hin.
    .title = Es wacht
status-not-recognised = Die Bewegung sieht nicht nach Ihnen aus, daher hat es um eine Sperre gebeten. Ihr Geheimnis öffnet den Bildschirm wie immer.
    .title = Es erkennt Sie nicht
status-locked-at-rest = Es lag still, bis sein Vertrauen abgelaufen war.
    .title = Gesperrt nach dem Stillliegen
status-persisted = Es war gesperrt, als graspd zuletzt endete. Ihre Bewegung bringt das Vertrauen zurück.
    .title = Vertrauen muss neu verdient werden
status-open-in-lock = Es hat um eine Sperre gebeten, und der Bildschirm ist trotzdem offen. „Zustand“ sagt, was fehlen könnte.
    .title = Ihr Bildschirm ist offen
status-lock = Es hat um eine Sperre gebeten.
    .title = Gesperrt
status-would-lock = Die Bewegung sieht nicht nach Ihnen aus, oder es gab keine. Es hätte um eine Sperre gebeten.
    .title = Es würde jetzt sperren
status-would-unlock = Die Bewegung sieht nach Ihnen aus.
    .title = Es erkennt Sie
status-observes = Es beobachtet nur: was immer es entscheidet, gesperrt wird nichts.

evidence = Wie sicher es ist
evidence-sure = Fast sicher Sie
evidence-likely = Eher Sie als jemand anderes
evidence-unsure = Unsicher
evidence-little = Wenig spricht für Sie
evidence-unknown = Das erfährt nur, wem das Gerät gehört.

# --- Die Pause.

pause = Jemandem das Gerät geben
pause-why = graspd fragt nach Ihrem Geheimnis und entscheidet so lange nichts, oder bis zum nächsten Sperrbildschirm.
pause-minutes = { $minutes ->
        [60] 1 Std.
       *[other] { $minutes } min
    }
pause-for = { $minutes ->
        [60] Eine Stunde Pause
       *[other] { $minutes } Minuten Pause
    }
resume = Wieder wachen
resume-title = Wieder in Ihrer Hand?
resume-why = Vertrauen muss neu verdient werden.
resumed = graspd wacht wieder

# --- Wie gut es geht.

performance = Wie gut es für Sie geht
performance-none = Noch ist nichts bekannt.
performance-watched = In den letzten Tagen { $hours } Stunden gewacht
performance-locks = { $count ->
        [0] Keine Sperre wegen der Bewegung
        [one] Eine Sperre wegen der Bewegung
       *[other] { $count } Sperren wegen der Bewegung
    }
performance-answers = Sie sagten: { $false } falsch, { $right } richtig. Nicht beantwortet: { $unanswered }.
performance-others = { $count ->
        [one] Eine Sperre aus anderem Grund
       *[other] { $count } Sperren aus anderen Gründen
    }
performance-others-why = Es lag lange still, oder die Sensoren schwiegen.
performance-would-be = { $count ->
        [one] Eine Sperre hätte es gegeben
       *[other] { $count } Sperren hätte es gegeben
    }
performance-would-be-why = Wegen der Bewegung, während es nur beobachtete.
performance-expected = Erwartet waren { $count } falsche Sperren in so vielen Stunden
performance-expected-unknown = Was zu erwarten war, ist hier nicht bekannt: diese App war nicht offen, als das Lernen endete.

# --- Sperren.

locks-today = Heute
locks-yesterday = Gestern
locks-earlier = Früherer Tag
locks-later = Späterer Tag
locks-of-day = Was gesperrt wurde
locks-none = Keine Sperre an diesem Tag.
locks-more = { $count } frühere sind nicht zu sehen.
locks-no-history = Es gibt keine Aufzeichnung
locks-no-history-why = graspd-agent führt sie und hat noch nichts aufgeschrieben. Er beginnt mit Ihrer Sitzung oder mit „systemctl --user enable --now graspd-agent“.
curve = Was im Lauf des Tages für Sie sprach
curve-in-words = Was von { $from } bis { $to } für Sie sprach: mindestens { $lowest } von 100, zuletzt { $newest }; { $locks ->
        [0] keine Sperre
        [one] eine Sperre
       *[other] { $locks } Sperren
    }.
curve-empty = An diesem Tag wurde nichts gemessen.
legend-lock = Sperre
legend-locked = gesperrt
legend-at-rest = liegt still
legend-undecided = nichts entschieden
lock-row = { $time } · { $reason }
reason-evidence = die Bewegung war nicht Ihre
reason-at-rest = es lag still
reason-gap = Messwerte fehlten
reason-sensor-lost = die Sensoren schwiegen
reason-no-evidence = nichts ließ sich beurteilen
reason-model-failed = das Modell versagte
reason-persisted = seit zuvor gesperrt
outcome-unknown = Um eine Sperre wurde gebeten.
outcome-would-lock = Es wäre gesperrt worden.
outcome-locked = Der Bildschirm wurde gesperrt.
outcome-may-be-open = Der Bildschirm blieb vielleicht offen.
answer-false = Sie sagten: das war ich.
answer-right = Sie sagten: das war ich nicht.
answer-none = Nicht beantwortet.
was-it-you = Waren Sie es?
was-it-you-why = Als der Bildschirm um { $time } gesperrt wurde.
yes = Ja
no = Nein
yes-in-full = Ja, das war ich: die Sperre war falsch
no-in-full = Nein, das war ich nicht: die Sperre war richtig

answered = Danke: { $said }.

# --- Lernen.

learning-none = Nichts wird gelernt. Ein Durchgang dauert etwa fünf Minuten in Ihrer Hand, und Sie benutzen das Gerät wie immer.
    .title = Wie Sie es halten
learning-gathering = { $windows } von { $wanted } Augenblicken Bewegung. { $minutes ->
        [0] Noch einen Augenblick in Ihrer Hand.
        [one] Noch etwa eine Minute in Ihrer Hand.
       *[other] Noch etwa { $minutes } Minuten in Ihrer Hand.
    } Benutzen Sie es wie immer und lassen Sie diese App offen: der Durchgang endet mit ihr.
    .title = Es lernt
learning-waiting = { $windows } von { $wanted } Augenblicken Bewegung aus { $sittings ->
        [one] einem Durchgang
       *[other] { $sittings } Durchgängen
    }. Machen Sie heute weiter oder an einem anderen Tag.
    .title = Zwischen zwei Durchgängen
learning-enough = { $windows } Augenblicke Bewegung aus { $sittings ->
        [one] einem Durchgang
       *[other] { $sittings } Durchgängen
    } genügen für ein Profil. Ein weiterer Tag macht es besser.
    .title = Es hat genug gesehen
learning-fitting = Ihr Profil entsteht. Das dauert einige Sekunden.
    .title = Ihr Profil entsteht
learning-refused = Was da ist, genügt nicht. Es bleibt, und ein weiterer Durchgang hilft vielleicht.
    .title = Es wurde kein Profil daraus
learning-finished = Ihr Profil ist in Gebrauch.
    .title = Es kennt Sie
learning-known = Es hat gelernt, wie Sie das Gerät halten. Neu zu lernen ersetzt das, sobald genug da ist.
    .title = Es kennt Sie
learning-another = Wie weit das ist, erfährt nur, wem es gehört.
    .title = Nicht Ihres
learning-no-daemon = Dazu muss graspd laufen.
    .title = Es kann jetzt nicht lernen
learning-progress = Fortschritt
learning-at-rest = { $count ->
        [one] Ein Augenblick zählt nicht, weil das Gerät still lag.
       *[other] { $count } Augenblicke zählen nicht, weil das Gerät still lag.
    }
learning-begin = Durchgang beginnen
learning-go-on = Weitermachen
learning-finish = Profil erstellen
learning-cancel = Wegwerfen
learning-cancel-sure = Wegwerfen, was gesammelt wurde?
learning-cancel-why = Ein Profil, das in Gebrauch ist, bleibt.
keep = Behalten
learning-said = Was graspd erwarten lässt
advice = Was zu erwarten ist
advice-days = Mehrere Tage sind besser
advice-days-why = Zwei oder drei Durchgänge an verschiedenen Tagen ergeben ein weit besseres Profil als ein langer.
advice-walk = Gehen, liegen, fahren
advice-walk-why = Was Sie unterwegs tun, ist mehr wert als stilles Sitzen am Tisch. Ein Gerät, das auf dem Tisch liegt, lehrt es nichts.
advice-mistakes = Es macht Fehler
advice-mistakes-why = Es sperrt manchmal Sie aus, und manche Fremden kommen eine Weile durch. Wenn Ihr Profil entsteht, sagt es, wie oft, und wo das zu wenig ist, macht es keines.
advice-secret = Den Bildschirm öffnet weiter Ihr Geheimnis
advice-secret-why = graspd bittet immer nur um eine Sperre.

# --- Zustand.

health = Was fehlt
health-looking = Es wird nachgesehen. Das dauert einige Sekunden.
health-nothing = Nichts, was Sie beheben könnten
health-nothing-why = { $count ->
        [one] Eine Sache wurde angesehen.
       *[other] { $count } Sachen wurden angesehen.
    }
health-fail = graspd arbeitet nicht
health-warn = graspd arbeitet eingeschränkt
health-needs-root = { $count ->
        [one] Eine Sache sieht nur, wer das System verwaltet
       *[other] { $count } Sachen sieht nur, wer das System verwaltet
    }
health-needs-root-why = Im Terminal: sudo graspd doctor
health-failed = graspd doctor lässt sich nicht fragen
health-failed-why = Ist graspd installiert? { $why }
health-again = Noch einmal nachsehen
health-remedy = Zu tun: { $remedy }
health-version = graspd { $version } läuft

# --- Was abgelehnt wurde.

refused-not-authorized = graspd tat das nicht: es steht Ihnen nicht zu, oder das Geheimnis wurde nicht eingegeben.
refused-no-authority = Es gibt kein polkit, das nach Ihrem Geheimnis fragen könnte.
refused = { $why }
