# Was graspd-agent sagt, auf Deutsch: der Titel jeder Nachricht ist ihr Attribut.

lock-is-near = Halten Sie es wie sonst, oder es sperrt in { $seconds ->
        [one] einer Sekunde
       *[other] { $seconds } Sekunden
    }.
    .title = Sind Sie es?
lock-is-near-some-time = Halten Sie es wie sonst, oder es sperrt bald.
    .title = Sind Sie es?

was-it-you = Der Bildschirm wurde gesperrt, weil die Bewegung nicht nach Ihnen aussah. Waren Sie es?
    .title = Waren Sie es?
yes = Ja
no = Nein
answer = { $text }
    .title = Danke
refusal = { $text }
    .title = Das geht jetzt nicht

screen-is-open = Der Bildschirm sollte gesperrt werden, und nichts hat ihn gesperrt.
    .title = Ihr Bildschirm ist vielleicht offen

no-motion = Die Bewegung dieses Geräts lässt sich nicht beurteilen: { $fault }. „graspd doctor“ sucht den Grund.
    .title = Niemand bewacht dieses Gerät
no-motion-at-all = Die Bewegung dieses Geräts lässt sich nicht beurteilen. „graspd doctor“ sucht den Grund.
    .title = Niemand bewacht dieses Gerät
nobody-watches = graspd läuft nicht mehr. „graspd doctor“ sucht den Grund.
    .title = Niemand bewacht dieses Gerät

enough-gathered = Es hat genug davon gesehen, wie Sie das Gerät halten: „graspd enroll --finish“ macht daraus Ihr Profil. Ein weiterer Tag macht es besser.
    .title = Bereit, Sie zu kennen
