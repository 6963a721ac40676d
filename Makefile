# lead_temperature: which leads are about to buy
#
# make, make install, make installcheck: as with any PGXS extension.
# make check, make demo, make bench: bring along whatever they need; see test/README.md.

ifneq ($(filter check demo bench unit indent,$(MAKECMDGOALS)),)

.PHONY: check demo bench unit indent
check:
	@test/check.sh
demo:
	@test/demo/demo.sh
bench:
	@test/bench/bench.sh
unit:
	@$(MAKE) --no-print-directory -C test/unit
indent:
	@test/indent.sh

else

EXTENSION = lead_temperature
# The control file says the version, and the library has it compiled in.
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(EXTENSION).control)
MODULE_big = lead_temperature

# The install script is joined from modules in this order; each stands beside
# the C that it declares.
MODULES_SQL = src/header.sql \
	src/types/enums.sql \
	src/types/heat.sql \
	src/types/heat_order.sql \
	src/types/heat_agg.sql \
	src/types/funnel.sql \
	src/catalog/model.sql \
	src/catalog/fit_rule.sql \
	src/catalog/playbook.sql \
	src/catalog/tracker.sql \
	src/catalog/attribute.sql \
	src/commands/consent.sql \
	src/commands/words.sql \
	src/commands/topics.sql \
	src/modules/module.sql \
	src/modules/silence.sql \
	src/modules/playbook.sql \
	src/modules/service.sql \
	src/modules/handoff.sql \
	src/modules/write_back.sql \
	src/modules/channels.sql \
	src/modules/accounts.sql \
	src/analysis/quality.sql \
	src/analysis/history.sql \
	src/analysis/attribution.sql \
	src/analysis/training.sql \
	src/analysis/probability.sql \
	src/analysis/best_leads.sql

SOURCES = $(sort $(wildcard src/*.c src/*/*.c))
HEADERS = $(wildcard src/*/*.h)

# What train() alone needs is a library of its own.
OBJS = $(patsubst %.c,%.o,$(filter-out src/analysis/logistic.c,$(SOURCES)))

DATA_built = $(EXTENSION)--$(EXTVERSION).sql
# Install scripts of earlier versions as they were, and the steps from each to the next.
DATA = $(sort $(wildcard upgrade/*.sql))
EXTRA_CLEAN = $(DATA_built) src/analysis/logistic.o $(TRAINER)

# PGDLLEXPORT, which 16 defines so and 15 leaves empty, marks what is exported: what the server calls.
PG_CPPFLAGS = -Isrc -DLT_VERSION='"$(EXTVERSION)"' -DPGDLLEXPORT='__attribute__((visibility("default")))'

# No contraction to fused multiply-add: levels must not depend on the processor.
# Nothing else is exported: no name of ours can meet another library's.
PG_CFLAGS = -std=gnu99 -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers \
	-Wno-cast-function-type -Wno-declaration-after-statement -ffp-contract=off \
	-fvisibility=hidden $(WERROR)

REGRESS = $(patsubst sql/%.sql,%,$(sort $(wildcard sql/*.sql)))
REGRESS_OPTS = --load-extension=$(EXTENSION)
ISOLATION = $(patsubst test/isolation/specs/%.spec,%,$(sort $(wildcard test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test/isolation --load-extension=$(EXTENSION)
TAP_TESTS = 1
PROVE_TESTS = $(sort $(wildcard test/t/*.pl))

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
TRAINER = lead_temperature_train$(DLSUFFIX)
include $(PGXS)

# What train() alone needs is a library of its own, made where liblinear's header is.
ifeq ($(shell $(CC) $(CPPFLAGS) -E -include linear.h -x c /dev/null >/dev/null 2>&1 && echo yes),yes)
all: $(TRAINER)
install: install-trainer
else
all: no-trainer
endif
uninstall: uninstall-trainer

.PHONY: install-trainer uninstall-trainer no-trainer
$(TRAINER): src/analysis/logistic.o
	$(CC) $(CFLAGS) $(CFLAGS_SL) -shared -o $@ $< $(LDFLAGS) -llinear
src/analysis/logistic.o: CFLAGS += $(CFLAGS_SL)
src/analysis/logistic.o: src/analysis/logistic.h
install-trainer: $(TRAINER) | installdirs
	$(INSTALL_SHLIB) $(TRAINER) '$(DESTDIR)$(pkglibdir)/$(TRAINER)'
uninstall-trainer:
	rm -f '$(DESTDIR)$(pkglibdir)/$(TRAINER)'
no-trainer:
	@echo "lead_temperature: linear.h is missing, so train() will not work; install liblinear-dev and make again"

# The just-in-time compiler must not contract either.
BITCODE_CFLAGS += -ffp-contract=off

$(EXTENSION)--$(EXTVERSION).sql: $(MODULES_SQL)
	cat $(MODULES_SQL) > $@

$(OBJS): $(HEADERS)
src/util/version.o src/util/version.bc: $(EXTENSION).control

endif
