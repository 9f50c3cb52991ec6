// Asks the polkit rule, as polkitd would; tests/systemd.sh puts it, and the
// `rules` that it adds itself to, before this. Silence means that all is well.

var LOCK = "org.freedesktop.login1.lock-sessions";

function ask(action, user, unit) {
    for (var i = 0; i < rules.length; i++) {
        var answer = rules[i]({ id: action }, { user: user, system_unit: unit });
        if (answer)
            return answer;
    }
}

[
    // Before polkit 124, and where the bus does not tell the unit.
    [LOCK, "graspd", undefined, "yes"],
    [LOCK, "graspd", null, "yes"],
    [LOCK, "graspd", "graspd.service", "yes"],
    [LOCK, "graspd", "cron.service", undefined],
    [LOCK, "purism", undefined, undefined],
    [LOCK, "purism", "graspd.service", undefined],
    [LOCK, "root", undefined, undefined],
    [LOCK + "-all", "graspd", undefined, undefined],
    ["org.freedesktop.login1.power-off", "graspd", "graspd.service", undefined],
    ["org.freedesktop.login1.inhibit-delay-sleep", "graspd", undefined, undefined]
].forEach(function(row) {
    var answer = ask(row[0], row[1], row[2]);
    if (answer !== row[3])
        throw new Error(row.slice(0, 3).join(", ") + ": " + answer + ", not " + row[3]);
});
