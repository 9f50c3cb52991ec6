# Puts graspd where a system expects it; cargo does the building.
#
#   make && sudo make install
#
# Packagers set DESTDIR and, where the default does not suit, the folders below.
# `make install` builds nothing. docs/install.md has the rest.

DESTDIR    =
PREFIX     = /usr
SYSCONFDIR = /etc
BINDIR     = $(PREFIX)/bin
LIBDIR     = $(PREFIX)/lib
DATADIR    = $(PREFIX)/share
ZSHDIR     = $(DATADIR)/zsh/site-functions
PAMDIR     = $(LIBDIR)/$(shell uname -m)-linux-gnu/security
# The service managers to install for: systemd, openrc.
INIT       = systemd openrc

# What is installed, and what writes its man pages and completions: the same,
# unless it was built for another kind of machine than this.
GRASPD     = target/dist/graspd
GENERATOR  = $(GRASPD)
# What `make cross` builds for.
TARGET     = aarch64-unknown-linux-gnu
# Where packages are made.
DEBDIR     = target/deb

PLACES     = $(DESTDIR)$(BINDIR)/graspd \
  $(DESTDIR)$(LIBDIR)/systemd/system/graspd.service \
  $(DESTDIR)$(LIBDIR)/systemd/system/graspd-lock.service \
  $(DESTDIR)$(LIBDIR)/sysusers.d/graspd.conf \
  $(DESTDIR)$(LIBDIR)/tmpfiles.d/graspd.conf \
  $(DESTDIR)$(LIBDIR)/udev/rules.d/85-graspd.rules \
  $(DESTDIR)$(DATADIR)/polkit-1/rules.d/50-graspd.rules \
  $(DESTDIR)$(DATADIR)/polkit-1/actions/alt.graspd.policy \
  $(DESTDIR)$(PAMDIR)/pam_graspd.so \
  $(DESTDIR)$(BINDIR)/graspd-agent \
  $(DESTDIR)$(LIBDIR)/systemd/user/graspd-agent.service \
  $(DESTDIR)$(SYSCONFDIR)/xdg/autostart/graspd-agent.desktop \
  $(DESTDIR)$(BINDIR)/graspd-app \
  $(DESTDIR)$(DATADIR)/applications/alt.graspd.App.desktop \
  $(DESTDIR)$(DATADIR)/metainfo/alt.graspd.App.metainfo.xml \
  $(DESTDIR)$(DATADIR)/icons/hicolor/scalable/apps/alt.graspd.App.svg \
  $(DESTDIR)$(DATADIR)/icons/hicolor/symbolic/apps/alt.graspd.App-symbolic.svg \
  $(DESTDIR)$(DATADIR)/pam-configs/graspd \
  $(DESTDIR)$(DATADIR)/man/man8/pam_graspd.8 \
  $(DESTDIR)$(DATADIR)/dbus-1/system.d/alt.graspd.Graspd1.conf \
  $(DESTDIR)$(DATADIR)/dbus-1/interfaces/alt.graspd.Graspd1.xml \
  $(DESTDIR)$(SYSCONFDIR)/init.d/graspd \
  $(DESTDIR)$(SYSCONFDIR)/logrotate.d/graspd \
  $(DESTDIR)$(DATADIR)/bash-completion/completions/graspd \
  $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/graspd.fish \
  $(DESTDIR)$(ZSHDIR)/_graspd

# Files that name others are told where those are.
PLACED     = sed -e 's\#/usr/bin/graspd\#$(BINDIR)/graspd\#' \
                 -e 's\#/usr/share/graspd\#$(DATADIR)/graspd\#' \
                 -e 's\#/etc/graspd\#$(SYSCONFDIR)/graspd\#'
# A file from here to there, with the mode of data.
define place
	mkdir -p '$(dir $(2))'
	$(PLACED) '$(1)' >'$(2)'
endef

# The documents of a package, as debian/ lists them; crates.txt is made for Debian alone.
define documents
	mkdir -p '$(DESTDIR)$(DATADIR)/doc/$(1)'
	install -m 0644 $(filter-out debian/%,$(shell cat debian/$(1).docs)) '$(DESTDIR)$(DATADIR)/doc/$(1)/'
endef

# Each recipe is one script, and what it makes is for all to read, whatever the
# umask of whoever installs.
.ONESHELL:
.SHELLFLAGS = -ec

# Equal functions are linked once, and addresses to be relocated are listed briefly: a tenth
# less to load. LLD can do both, which rustc brings on x86-64.
LLD        = -Clink-arg=-Wl,--icf=all -Clink-arg=-Wl,-z,pack-relative-relocs
LINKED     = $(if $(CARGO_BUILD_TARGET),,$(if $(shell $(TRY_LLD)),RUSTFLAGS="$$RUSTFLAGS $(LLD)"))
TRY_LLD    = d=$$(mktemp -d); echo 'fn main() {}' | rustc $(LLD) -o $$d/tried - 2>/dev/null && echo yes; rm -r $$d

.PHONY: all
all:
	$(LINKED) cargo build --profile dist --locked --package graspd

# What is for the session, too.
PROGRAMS   = --package graspd --package graspd-agent
ALL        = $(PROGRAMS) --package pam_graspd
.PHONY: all-programs
all-programs:
	$(LINKED) cargo build --profile dist --locked $(ALL)

.PHONY: install
install: install-program install-data $(INIT:%=install-%)

.PHONY: install-program
install-program:
	umask 022
	test -x '$(GRASPD)' || { echo 'there is no $(GRASPD): run make first' >&2; exit 1; }
	install -D -m 0755 '$(GRASPD)' '$(DESTDIR)$(BINDIR)/graspd'
	pages=$$(mktemp -d)
	'$(GENERATOR)' man "$$pages"
	for page in "$$pages"/*; do \
	    install -D -m 0644 "$$page" '$(DESTDIR)$(DATADIR)/man'/man"$${page##*.}/$${page##*/}"; done
	rm -r "$$pages"
	mkdir -p '$(DESTDIR)$(DATADIR)/bash-completion/completions' \
	    '$(DESTDIR)$(DATADIR)/fish/vendor_completions.d' '$(DESTDIR)$(ZSHDIR)'
	'$(GENERATOR)' completions bash >'$(DESTDIR)$(DATADIR)/bash-completion/completions/graspd'
	'$(GENERATOR)' completions fish >'$(DESTDIR)$(DATADIR)/fish/vendor_completions.d/graspd.fish'
	'$(GENERATOR)' completions zsh >'$(DESTDIR)$(ZSHDIR)/_graspd'

# A configuration that is there stays: it is the administrator's.
.PHONY: install-data
install-data:
	umask 022
	mkdir -p '$(DESTDIR)$(DATADIR)/graspd'
	cp -R models '$(DESTDIR)$(DATADIR)/graspd/'
	mkdir -p '$(DESTDIR)$(DATADIR)/graspd/simulated'
	cp tests/data/simulated/*.csv.zst '$(DESTDIR)$(DATADIR)/graspd/simulated/'
	chmod -R u=rwX,go=rX '$(DESTDIR)$(DATADIR)/graspd'
	$(call place,systemd/udev/85-graspd.rules,$(DESTDIR)$(LIBDIR)/udev/rules.d/85-graspd.rules)
	$(call place,systemd/polkit/50-graspd.rules,$(DESTDIR)$(DATADIR)/polkit-1/rules.d/50-graspd.rules)
	$(call place,dbus/alt.graspd.policy,$(DESTDIR)$(DATADIR)/polkit-1/actions/alt.graspd.policy)
	$(call place,dbus/alt.graspd.Graspd1.conf,$(DESTDIR)$(DATADIR)/dbus-1/system.d/alt.graspd.Graspd1.conf)
	$(call place,dbus/alt.graspd.Graspd1.xml,$(DESTDIR)$(DATADIR)/dbus-1/interfaces/alt.graspd.Graspd1.xml)
	$(call documents,graspd)
	test -e '$(DESTDIR)$(SYSCONFDIR)/graspd/graspd.toml' || { mkdir -p '$(DESTDIR)$(SYSCONFDIR)/graspd' && \
	    $(PLACED) config/graspd.toml >'$(DESTDIR)$(SYSCONFDIR)/graspd/graspd.toml'; }

.PHONY: install-systemd
install-systemd:
	umask 022
	$(call place,systemd/graspd.service,$(DESTDIR)$(LIBDIR)/systemd/system/graspd.service)
	$(call place,systemd/graspd-lock.service,$(DESTDIR)$(LIBDIR)/systemd/system/graspd-lock.service)
	$(call place,systemd/ssc.conf,$(DESTDIR)$(DATADIR)/graspd/ssc.conf)
	$(call place,systemd/sysusers.d/graspd.conf,$(DESTDIR)$(LIBDIR)/sysusers.d/graspd.conf)
	$(call place,systemd/tmpfiles.d/graspd.conf,$(DESTDIR)$(LIBDIR)/tmpfiles.d/graspd.conf)

.PHONY: install-openrc
install-openrc:
	umask 022
	$(call place,openrc/graspd,$(DESTDIR)$(SYSCONFDIR)/init.d/graspd)
	chmod 0755 '$(DESTDIR)$(SYSCONFDIR)/init.d/graspd'
	$(call place,openrc/logrotate,$(DESTDIR)$(SYSCONFDIR)/logrotate.d/graspd)

# For whoever wants it: docs/pam.md.
PAM        = $(dir $(GRASPD))libpam_graspd.so
.PHONY: install-pam
install-pam:
	umask 022
	test -e '$(PAM)' || { echo 'there is no $(PAM): make all-programs builds one for this machine, and make cross for others with glibc (docs/install.md)' >&2; exit 1; }
	install -D -m 0644 '$(PAM)' '$(DESTDIR)$(PAMDIR)/pam_graspd.so'
	$(call place,pam/pam-configs/graspd,$(DESTDIR)$(DATADIR)/pam-configs/graspd)
	$(call place,pam/man/pam_graspd.8,$(DESTDIR)$(DATADIR)/man/man8/pam_graspd.8)
	$(call documents,libpam-graspd)

# For the owner's session: docs/agent.md.
AGENT      = $(dir $(GRASPD))graspd-agent
.PHONY: install-agent
install-agent:
	umask 022
	test -x '$(AGENT)' || { echo 'there is no $(AGENT): make all-programs builds one for this machine, and make cross for others (docs/install.md)' >&2; exit 1; }
	install -D -m 0755 '$(AGENT)' '$(DESTDIR)$(BINDIR)/graspd-agent'
	$(call place,agent/session/graspd-agent.service,$(DESTDIR)$(LIBDIR)/systemd/user/graspd-agent.service)
	$(call place,agent/session/graspd-agent.desktop,$(DESTDIR)$(SYSCONFDIR)/xdg/autostart/graspd-agent.desktop)
	$(call place,agent/session/graspd-agent.1,$(DESTDIR)$(DATADIR)/man/man1/graspd-agent.1)
	$(call documents,graspd-agent)

# The window, which is built apart: docs/app.md.
APP        = app/target/release/graspd-app
.PHONY: app
app:
	cargo build --release --locked --manifest-path app/Cargo.toml

ICONDIR    = $(DATADIR)/icons/hicolor
.PHONY: install-app
install-app:
	umask 022
	test -x '$(APP)' || { echo 'there is no $(APP): run make app first' >&2; exit 1; }
	install -D -m 0755 '$(APP)' '$(DESTDIR)$(BINDIR)/graspd-app'
	$(call place,app/data/alt.graspd.App.desktop,$(DESTDIR)$(DATADIR)/applications/alt.graspd.App.desktop)
	$(call place,app/data/alt.graspd.App.metainfo.xml,$(DESTDIR)$(DATADIR)/metainfo/alt.graspd.App.metainfo.xml)
	install -D -m 0644 app/data/icons/alt.graspd.App.svg '$(DESTDIR)$(ICONDIR)/scalable/apps/alt.graspd.App.svg'
	install -D -m 0644 app/data/icons/alt.graspd.App-symbolic.svg '$(DESTDIR)$(ICONDIR)/symbolic/apps/alt.graspd.App-symbolic.svg'
	$(call documents,graspd-app)

DOCUMENTED = graspd graspd-agent graspd-app libpam-graspd

# Profiles stay, and so does a configuration that is not as it was shipped.
.PHONY: uninstall
uninstall:
	rm -f $(PLACES) '$(DESTDIR)$(DATADIR)'/man/man1/graspd.1 '$(DESTDIR)$(DATADIR)'/man/man1/graspd-*.1 \
	    '$(DESTDIR)$(DATADIR)/man/man5/graspd.toml.5' '$(DESTDIR)$(DATADIR)/man/man7/graspd-protocol.7' \
	    '$(DESTDIR)$(DATADIR)/man/man8/graspd.8'
	rm -rf '$(DESTDIR)$(DATADIR)/graspd' $(DOCUMENTED:%='$(DESTDIR)$(DATADIR)/doc/%')
	! $(PLACED) config/graspd.toml | cmp -s - '$(DESTDIR)$(SYSCONFDIR)/graspd/graspd.toml' || \
	    rm -r '$(DESTDIR)$(SYSCONFDIR)/graspd'

# The programs for another kind of machine, in target/cross/TARGET/dist. With musl Rust links
# statically, and a PAM module, which libpam loads, is none then.
.PHONY: cross
cross:
	packaging/cross '$(TARGET)' build --profile dist --locked $(if $(findstring musl,$(TARGET)),$(PROGRAMS),$(ALL))

# Debian packages, of programs that are built first unless GRASPD names one, with the
# others beside it. The app is built with them where it has been built once, and with GRASPD
# it is taken from beside that: another may be for another processor.
BUILT_HERE = $(filter file,$(origin GRASPD))
APP_BUILT  = $(if $(BUILT_HERE),$(wildcard $(APP)))
PACKED_APP = $(if $(filter file,$(origin APP)),$(or $(APP_BUILT),$(wildcard $(dir $(GRASPD))graspd-app)),$(APP))
.PHONY: deb
deb: $(if $(BUILT_HERE),all-programs $(if $(filter file,$(origin APP)),$(APP_BUILT:%=app)))
	packaging/deb '$(GRASPD)' '$(AGENT)' '$(PAM)' '$(GENERATOR)' '$(DEBDIR)' '$(PACKED_APP)'
