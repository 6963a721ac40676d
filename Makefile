# lead_temperature: which leads are about to buy
#
# make, make install, make installcheck: as with any PGXS extension.
# make check, make demo, make bench: bring along whatever they need; see test/README.md.

ifneq ($(filter check demo bench unit,$(MAKECMDGOALS)),)

.PHONY: check demo bench unit
check:
	@test/check.sh
demo:
	@test/demo/demo.sh
bench:
	@test/bench/bench.sh
unit:
	@$(MAKE) --no-print-directory -C test/unit

else

EXTENSION = lead_temperature
# The control file says the version, and the library has it compiled in.
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(EXTENSION).control)
MODULE_big = lead_temperature

# The install script is joined from modules in this order; each stands beside
# the C that it declares.
MODULES_SQL = src/header.sql \
	src/enums.sql \
	src/heat.sql \
	src/heat_order.sql \
	src/heat_agg.sql \
	src/funnel.sql \
	src/model.sql \
	src/tracker.sql \
	src/quality.sql \
	src/history.sql \
	src/training.sql \
	src/active.sql

# Plain C without server headers, tested alone by test/unit
ARITHMETIC = heat_math heat_text fold ranking

OBJS = $(patsubst %,src/%.o,$(ARITHMETIC)) \
	$(patsubst %.c,%.o,$(filter-out src/logistic.c $(patsubst %,src/%.c,$(ARITHMETIC)),$(sort $(wildcard src/*.c))))

DATA_built = $(EXTENSION)--$(EXTVERSION).sql
# Install scripts of earlier versions as they were, and the steps from each to the next.
DATA = $(sort $(wildcard upgrade/*.sql))
EXTRA_CLEAN = $(DATA_built) src/logistic.o $(TRAINER)

PG_CPPFLAGS = -DLT_VERSION='"$(EXTVERSION)"'

# No contraction to fused multiply-add: levels must not depend on the processor.
# No interposition: functions of the module may be inlined into each other.
PG_CFLAGS = -std=gnu99 -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers \
	-Wno-cast-function-type -Wno-declaration-after-statement -ffp-contract=off \
	-fno-semantic-interposition $(WERROR)

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
$(TRAINER): src/logistic.o
	$(CC) $(CFLAGS) $(CFLAGS_SL) -shared -o $@ $< $(LDFLAGS) -llinear
src/logistic.o: CFLAGS += $(CFLAGS_SL)
src/logistic.o: src/logistic.h
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

$(OBJS): $(wildcard src/*.h)
src/version.o src/version.bc: $(EXTENSION).control

endif
