"""The glossary: one Indonesian description for every column name of all tables and extracts.

Tables and extracts (`schemas.cleansed`, `schemas.link`, `schemas.quality`, `schemas.marts`, `schemas.staged`,
`schemas.extracts`) only declare columns and types; descriptions are looked up here by name. Does not belong here: types
and rules.
"""

from __future__ import annotations

GLOSSARY: dict[str, str] = {
    # --- when and where from
    "periode": "Bulan data (TTTT-BB) yang digambarkan tabel ini.",
    "periode_berkas": "Bulan data yang tertulis di jalur berkas (TTTT-BB); bila tidak tertulis sama dengan periode, "
    "pada perbaikan bulan yang diperbaikinya.",
    "sumber": "Asal berkas: dtks, dukcapil, pos, alokasi, atau pendamping; lain bila foldernya tidak dikenal.",
    "berkas": "Jalur berkas di bawah folder raw/, seperti yang diserahkan petugas.",
    "lembar": "Nama lembar kerja Excel atau nama berkas di dalam zip; kosong bila hanya ada satu.",
    "baris": "Nomor baris di dalam berkas seperti yang dilihat petugas (baris judul ikut dihitung, mulai dari 1).",
    "sumber_berkas": "Berkas asal baris ini, jalur di bawah folder raw/.",
    "sumber_lembar": "Lembar kerja Excel atau berkas di dalam zip asal baris ini; kosong bila hanya ada satu.",
    "sumber_baris": "Nomor baris di berkas asal (mulai dari 1, baris judul ikut dihitung).",
    "sha256": "Sidik jari isi berkas (SHA-256), untuk memastikan berkas yang sama tidak dihitung dua kali.",
    "tata_letak": "Tata letak yang dikenali dari baris judul berkas.",
    "status_berkas": "DIBACA, KEMBAR (isi sama dengan berkas lain), DITOLAK (tidak dapat dibaca), "
    "atau DILEWATI (periode lain).",
    "catatan": "Keterangan tambahan tentang berkas.",
    # --- identity of a person
    "id_dtks": "ID DTKS, unik per baris dalam data satu bulan.",
    "id_orang": "Penanda orang yang tetap antarperiode, juga bila ID DTKS penduduk yang padan berganti; baris ganda "
    "satu orang memakai penanda yang sama.",
    "id_keluarga": "Penanda keluarga yang tetap antarperiode, diturunkan dari nomor KK yang tertulis di DTKS.",
    "id_rumah_tangga": "Nomor rumah tangga pada BDT.",
    "desil_nasional": "Desil kesejahteraan nasional, 1 sampai 10.",
    "nik": "NIK setelah dibersihkan (16 angka); kosong bila yang tertulis tidak dapat dipakai.",
    "asal_baris": "Baris ditolak yang digantikan baris ini, menurut lembar isian perbaikan; biasanya kosong.",
    "nik_asal": "NIK persis seperti tertulis di berkas.",
    "nik_tulis": "NIK setelah tanda baca dibuang; belum tentu 16 angka.",
    "no_kk": "Nomor KK setelah dibersihkan (16 angka); kosong bila yang tertulis tidak dapat dipakai.",
    "no_kk_tulis": "Nomor KK setelah tanda baca dibuang; belum tentu 16 angka.",
    "no_kk_asal": "Nomor KK persis seperti tertulis di berkas.",
    "nik_dukcapil": "NIK menurut Dukcapil dari penduduk yang dipasangkan.",
    "no_kk_dukcapil": "Nomor KK menurut Dukcapil.",
    "nama": "Nama setelah dirapikan (huruf besar, tanda baca dan spasi berlebih dibuang).",
    "nama_asal": "Nama persis seperti tertulis di berkas.",
    "nama_banding": "Nama dalam ejaan baku untuk pembandingan (gelar, ejaan lama, dan huruf rangkap diseragamkan).",
    "tanggal_lahir": "Tanggal lahir.",
    "tanggal_lahir_asal": "Tanggal lahir persis seperti tertulis di berkas.",
    "bulan_dahulu": "Tanggal di berkas atau lembarnya ditulis dengan bulan di depan.",
    "jenis_kelamin": "L = laki-laki, P = perempuan.",
    "tempat_lahir": "Tempat lahir.",
    "nama_ibu_kandung": "Nama ibu kandung.",
    "hub_keluarga": "Hubungan dengan kepala keluarga: 1 kepala, 2 istri/suami, 3 anak, 4 menantu, 5 cucu, "
    "6 orang tua/mertua, 7 pembantu/sopir, 8 lainnya.",
    "kepala_keluarga": "Nama kepala keluarga menurut DTKS; kosong bila tidak ada anggota yang tertulis sebagai kepala.",
    "status_penduduk": "Status di Dukcapil: HIDUP, MATI, PINDAH, TIDAK_VALID, atau LAINNYA; kosong bila tidak padan.",
    "tanggal_verifikasi": "Tanggal verifikasi atau pemutakhiran terakhir seperti tertulis di berkas.",
    "verifikasi_terakhir": "Tanggal verifikasi terakhir yang tertulis di DTKS; bila tidak tertulis, awal bulan data "
    "sejak isi barisnya tidak berubah lagi.",
    "tanggal_status": "Tanggal status terakhir dicatat di Dukcapil; kosong bila tidak tercatat per orang.",
    "pekerjaan": "Pekerjaan seperti tertulis di berkas.",
    # --- places
    "provinsi": "Nama provinsi.",
    "kabupaten": "Nama kabupaten/kota.",
    "kecamatan": "Nama kecamatan.",
    "desa": "Nama desa/kelurahan.",
    "dusun": "Nama dusun.",
    "alamat": "Alamat seperti tertulis, spasi dirapikan.",
    "rt": "Nomor RT, tiga angka.",
    "rw": "Nomor RW, tiga angka.",
    "kode_desa": "Kode desa/kelurahan Kemendagri, 10 angka.",
    "kode_kec": "Kode kecamatan Kemendagri, 6 angka.",
    "kode_kab": "Kode kabupaten/kota Kemendagri, 4 angka.",
    "kode_prov": "Kode provinsi Kemendagri, 2 angka.",
    "kode_wilayah": "Kode wilayah Kemendagri (2, 4, 6, atau 10 angka); teks kosong ('') untuk tingkat NASIONAL.",
    "nama_wilayah": "Nama wilayah menurut Kemendagri.",
    "tingkat": "NASIONAL, PROVINSI, KABUPATEN, KECAMATAN, atau DESA. Setiap tingkat memuat angka yang sama: "
    "pilih satu, sebab menjumlahkan semua tingkat menghitung angka yang sama berkali-kali. Yang kecamatan atau desanya "
    "tidak dikenal hanya dihitung di tingkat atasnya.",
    "temuan_wilayah": "Catatan saat nama wilayah dijadikan kode; kosong bila langsung dikenali.",
    "nama_prov": "Nama provinsi.",
    "nama_kab": "Nama kabupaten/kota.",
    "nama_kec": "Nama kecamatan.",
    "kode_pos": "Kode pos desa/kelurahan.",
    "berlaku": "Apakah kode wilayah ini masih berlaku.",
    "kode_kini": "Kode yang kini berlaku; sama dengan kode_wilayah bila masih berlaku, kosong bila tidak diketahui.",
    "daerah_3t": "Apakah kabupatennya termasuk daerah tertinggal (3T) menurut data/reference/daerah_3t.csv.",
    "penduduk": "Banyaknya penduduk menurut Dukcapil semester II 2024; hanya untuk kabupaten/kota dan nasional.",
    # --- decisions
    "status_padan": "PADAN (dengan NIK seperti tertulis), PADAN_PERBAIKAN (setelah NIK dibetulkan atau diisi), TINJAU "
    "(perlu diputuskan petugas), atau TIDAK_PADAN (tidak ada di Dukcapil).",
    "keputusan": "OTOMATIS (diputuskan sistem), PETUGAS (petugas menjawab SAMA), TINJAU (belum diputuskan), atau "
    "DITOLAK (petugas menjawab BEDA atau memilih calon lain). Yang berlaku hanya OTOMATIS dan PETUGAS.",
    "bobot": "Bobot kecocokan dalam satuan log2; makin besar makin kuat buktinya.",
    "probabilitas": "Peluang (0 sampai 1) bahwa pasangan ini benar orang yang sama.",
    "aturan": "Aturan pencarian yang menemukan pasangan; namanya menyebut apa yang sama: NIK, KK, NAMA, AWAL atau "
    "AKHIR (huruf depan atau belakang nama), TANGGAL, TAHUN, atau HARI (tanggal lahir, tahunnya, atau tanpa tahun), "
    "IBU, RUMAH (desa, RT, dan RW), DESA, KECAMATAN. NIK_DEKAT: NIK-nya hampir sama; KELUARGA: anggota lain "
    "keluarganya berpasangan; PERSIS: NIK, nama, tanggal lahir, dan jenis kelaminnya sama; PETUGAS: petugas yang "
    "memasangkannya.",
    "alasan": "Daftar kode alasan keputusan; artinya di mart.dim_kode (sumber padan).",
    "penjelasan": "Alasan keputusan dalam satu kalimat.",
    "ganda_dari": "ID DTKS baris yang dipertahankan bila baris ini ganda: yang padan, lalu yang KK dan tempat "
    "tinggalnya seperti di Dukcapil sekarang, lalu yang paling lengkap; kosong bila tidak ganda.",
    "id_dtks_a": "ID DTKS baris pertama dari pasangan ganda (yang lebih kecil).",
    "id_dtks_b": "ID DTKS baris kedua dari pasangan ganda.",
    "jenis": "BARIS_SAMA (isi baris sama) atau ORANG_SAMA (dua baris untuk satu orang).",
    "jumlah_anggota": "Banyaknya anggota keluarga yang tercatat di DTKS.",
    "jumlah_padan": "Banyaknya anggota keluarga yang padan dengan Dukcapil.",
    "status_keluarga": "UTUH (semua anggota KK-nya di Dukcapil ada di keluarga ini), SEBAGIAN (ada anggota KK itu yang "
    "belum ada), PECAH (anggotanya di beberapa KK Dukcapil), "
    "GABUNG (satu KK Dukcapil untuk beberapa keluarga DTKS), atau TIDAK_PADAN.",
    "anggota_cocok": "Banyaknya anggota keluarga DTKS yang padan dengan anggota KK Dukcapil ini.",
    "anggota_dtks": "Banyaknya anggota keluarga di DTKS.",
    "anggota_dukcapil": "Banyaknya anggota KK ini di Dukcapil.",
    "id_anggota": "ID DTKS anggota keluarga ini yang padan dengan anggota KK tersebut.",
    "nik_tanpa_baris": "NIK anggota KK tersebut yang tidak padan dengan baris DTKS mana pun.",
    "nilai_asal": "Nilai persis seperti tertulis di DTKS; kosong bila tidak ditulis.",
    "kolom_isian": "Kolom yang kosong di baris yang dipertahankan.",
    "nilai_isian": "Isi kolom itu di baris gandanya.",
    "id_dtks_sumber": "ID DTKS baris ganda asal isian.",
    # --- quality
    "kode": "Kode aturan mutu data; artinya di mart.dim_kode (bersama sumber).",
    "kolom": "Kolom yang perlu diperiksa petugas.",
    "nilai": "Nilai yang bermasalah, disamarkan.",
    "keterangan": "Penjelasan dan tindakan perbaikan untuk petugas.",
    "tindakan": "Usulan tindakan untuk petugas.",
    "sudah_diperbaiki": "Apakah baris ini sudah digantikan baris isian atau berkas lain; bila baris penggantinya "
    "ditolak, baris pengganti itu tercatat tersendiri.",
    "id": "Penanda baris: ID DTKS, NIK, atau nomor danom menurut sumbernya.",
    "baris_masuk": "Banyaknya baris data di dalam berkas.",
    "baris_diterima": "Banyaknya baris yang diterima.",
    "baris_karantina": "Banyaknya baris yang dikarantina.",
    "selisih_baris": "Baris masuk dikurangi diterima dan dikarantina; harus 0.",
    "nominal_masuk": "Jumlah rupiah di dalam berkas, sejauh terbaca: nilai perintah bayar; 0 pada berkas lain.",
    "nominal_diterima": "Jumlah rupiah pada baris yang diterima.",
    "nominal_karantina": "Jumlah rupiah pada baris yang dikarantina.",
    "selisih_nominal": "Rupiah masuk dikurangi diterima dan dikarantina; harus 0.",
    "lembaga": "Lembaga pemeriksa yang memakai definisi ini.",
    "definisi": "Nama definisi temuan audit.",
    "uraian": "Arti definisi itu di sini.",
    "jumlah": "Banyaknya baris yang terkena kode ini.",
    "persen": "Persentase terhadap seluruh baris DTKS yang diterima di wilayah itu.",
    # --- payments
    "no_danom": "Nomor pada daftar nominatif pembayaran.",
    "batch": "Kode batch pembayaran.",
    "program": "Nama program bantuan.",
    "tahun": "Tahun anggaran.",
    "tahap": "Tahap penyaluran.",
    "nominal": "Nilai bantuan dalam rupiah.",
    "selisih_tarif": "Selisih rupiah dengan nilai terdekat yang sesuai tarif; kosong bila tarifnya tidak tercatat.",
    "nominal_asal": "Nilai bantuan persis seperti tertulis di berkas.",
    "status_bayar": "DIBAYAR, GAGAL, RETUR, atau BELUM.",
    "tgl_bayar": "Tanggal pembayaran.",
    "tgl_retur": "Tanggal dana dikembalikan.",
    "metode": "Cara penyaluran: LOKET, KOMUNITAS, atau ANTAR.",
    "alasan_gagal": "Alasan gagal bayar seperti tertulis di berkas.",
    "kode_kprk": "Kode kantor pembayar (KPRK, atau cabang bank untuk program daerah).",
    "nama_kprk": "Nama kantor pembayar.",
    "kode_kpc": "Kode kantor cabang pembayar (KPC).",
    "nama_kpc": "Nama kantor cabang pembayar.",
    "sumber_data": "DTKS bila penerimanya ada di DTKS, NON_DTKS bila tidak.",
    "temuan": "Daftar kode temuan pada baris ini; artinya di mart.dim_kode (sumber pos).",
    "berlaku_per": "Isi berkas berlaku per tanggal ini: menurut nama berkas, atau tanggal terbaru di dalamnya.",
    "kpm_alokasi": "Banyaknya keluarga penerima manfaat (KPM) menurut alokasi.",
    "kpm_salur": "Banyaknya KPM yang sudah dibayar (status_bayar DIBAYAR); setiap perintah bayar dihitung satu KPM.",
    "kpm_gagal": "Banyaknya KPM yang gagal bayar atau dananya dikembalikan (status_bayar GAGAL atau RETUR).",
    "kpm_belum": "Banyaknya KPM yang perintah bayarnya belum dibayar (status_bayar BELUM), tanpa "
    "yang belum punya perintah bayar.",
    "nominal_alokasi": "Nilai alokasi dalam rupiah.",
    "nominal_transfer": "Nilai yang sudah ditransfer ke penyalur dalam rupiah.",
    "nominal_salur": "Nilai yang sudah dibayarkan dalam rupiah.",
    "kpm_persen": "KPM dibayar terhadap alokasi, dalam persen; kosong bila alokasinya tidak diketahui. Di tingkat atas "
    "terlalu besar bila alokasi sebagian kabupatennya tidak diserahkan (kpm_lebih di mart.corong_kpm).",
    "nominal_persen": "Rupiah dibayar terhadap alokasi, dalam persen; kosong bila alokasinya tidak diketahui, dan "
    "seperti kpm_persen terlalu besar bila alokasi sebagian wilayahnya tidak diserahkan.",
    "no_sp2d": "Nomor SP2D transfer ini; satu sasaran boleh memuat beberapa.",
    "tgl_transfer": "Tanggal dana ditransfer ke penyalur.",
    "target_selesai": "Tanggal target selesainya penyaluran.",
    "tanggal": "Tanggal.",
    "kpm_salur_harian": "Banyaknya KPM yang dibayar pada hari itu.",
    "kpm_salur_kumulatif": "Banyaknya KPM yang dibayar sampai hari itu.",
    "nominal_salur_kumulatif": "Rupiah yang dibayar sampai hari itu.",
    "perkiraan_selesai": "Perkiraan tanggal selesai: tanggal + lama, dibulatkan ke atas; lama = sisa x hari / bayar. "
    "Sisa adalah kpm_alokasi di mart.realisasi dikurangi kpm_salur_kumulatif, paling sedikit 0: yang gagal, diretur, "
    "atau dibayar tanpa tanggal masih di dalamnya. Bayar adalah KPM yang dibayar dalam jadwal pada tujuh hari sampai "
    "tanggal itu; berjalan adalah banyaknya hari sejak pembayaran pertama dalam jadwal; hari = berjalan, paling banyak "
    "7. Bila laju menurun, lama = 7 x LN(2 x sisa) / LN(1 + bayar/sisa): tiap pekan dibayar bagian yang sama dari "
    "sisanya, sampai kurang dari setengah KPM yang tersisa. Laju menurun bila berjalan paling sedikit 14 dan bayar x "
    "EXP(1/SQRT(bayar)) kurang dari 0,9 x bayar tujuh hari sebelumnya dan dari 0,9 x biasanya. Biasanya adalah KPM "
    "yang dibayar dalam jadwal sebelum tujuh hari itu x 7 / (berjalan - 7). Bila sisa 0 sama dengan tanggal. Kosong "
    "tanpa alokasi, di luar jadwal, atau bila lebih dari sepuluh tahun lagi.",
    "dalam_jadwal": "Apakah tanggalnya di dalam jadwal tahap ini atau paling lambat 30 hari sesudahnya; tahap tanpa "
    "jadwal selalu.",
    "metode_perkiraan": "Cara menghitung perkiraan selesai dan selangnya, dengan banyaknya hari yang dipakai.",
    "perkiraan_awal": "Batas awal selang 90 persen: tanggal + sisa x hari / bayar / kali, dibulatkan ke atas, lalu "
    "dikurangi 2 untuk hari libur; paling cepat esok bila masih ada sisa. Kali = EXP(1,64 x SQRT(1/bayar + 1/sisa)) "
    "(galat Poisson pada laju dan sisanya); bila berjalan paling sedikit 14 juga dikalikan perbandingan bayar dan "
    "biasanya, yang besar dibagi yang kecil: laju itu mungkin berubah sebanyak itu lagi. Sisa, hari, bayar, berjalan, "
    "dan biasanya seperti pada perkiraan_selesai.",
    "perkiraan_akhir": "Batas akhir selang 90 persen: seperti perkiraan_awal, tetapi dikalikan kali dan ditambah 2; "
    "bila sisa 0 sama dengan tanggal. Kosong bila berjalan kurang dari 14, bila laju menurun, atau bila lebih dari "
    "sepuluh tahun lagi. Selang ini tidak mengetahui jeda antara dua putaran, loket yang baru ditambah, atau KPM yang "
    "tidak akan ditemukan.",
    "wilayah_total": "Banyaknya wilayah sasaran (yang memiliki alokasi atau perintah bayar).",
    "wilayah_dana_terkirim": "Banyaknya wilayah yang dananya sudah terkirim, sendiri atau bersama wilayah di atasnya.",
    "wilayah_tersalur": "Banyaknya wilayah dengan sedikitnya satu KPM dibayar.",
    "wilayah_dana_belum_tersalur": "Banyaknya wilayah yang dananya sudah terkirim tetapi belum ada KPM dibayar.",
    "kpm_pembersihan": "KPM teralokasi yang namanya belum diserahkan padahal dananya sudah dikirim: masih dibersihkan.",
    "kpm_disiapkan": "KPM teralokasi yang dana dan namanya belum diserahkan: masih disiapkan.",
    "kpm_diserahkan": "Banyaknya KPM yang sudah diserahkan kepada penyalur.",
    "nominal_diserahkan": "Rupiah yang sudah diserahkan kepada penyalur.",
    "kpm_retur": "Banyaknya KPM yang dananya dikembalikan.",
    "nominal_gagal": "Rupiah yang gagal dibayarkan, tanpa retur.",
    "nominal_retur": "Rupiah yang dikembalikan.",
    "nominal_belum": "Rupiah yang belum dibayarkan.",
    "kpm_lebih": "KPM yang diserahkan melebihi alokasi kabupatennya.",
    "program_a": "Program pertama.",
    "program_b": "Program kedua; sama dengan yang pertama bila ganda di dalam satu program.",
    "jumlah_pembayaran": "Banyaknya pembayaran yang terlibat.",
    "sisa": "Banyaknya KPM yang belum tertangani setelah tanggal itu: masih BELUM, atau baru dibayar atau diretur "
    "sesudahnya. Keadaan, bukan tambahan hari itu: jangan dijumlahkan antarhari.",
    "salur_persen": "KPM dibayar terhadap semua perintah bayar kantor itu pada tahap ini, dalam persen.",
    # --- dimensions
    "nama_program": "Nama lengkap program.",
    "sumber_dana": "Sumber dananya: APBN, APBD, atau Dana Desa.",
    "catatan_program": "Keterangan singkat tentang program.",
    "tahun_pertama": "Tahun anggaran pertama yang tarifnya ada di acuan.",
    "tahun_terakhir": "Tahun anggaran terakhir yang tarifnya ada di acuan.",
    "bersyarat": "Apakah nilainya bergantung pada komponen keluarga (seperti PKH).",
    "dikenal": "Apakah program ini ada di data/reference/program.csv; bila tidak, namanya hanya ada di berkas.",
    "mulai": "Hari pertama jadwal penyaluran tahap ini; kosong bila tahap ini tidak ada di acuan.",
    "selesai": "Hari terakhir jadwal penyaluran tahap ini; kosong bila tahap ini tidak ada di acuan.",
    "nominal_terkecil": "Tarif terkecil tahap ini dalam rupiah.",
    "nominal_terbesar": "Nilai terbesar yang mungkin diterima satu keluarga pada tahap ini dalam rupiah.",
    "jumlah_komponen": "Banyaknya komponen bertarif; 0 untuk program bertarif tunggal.",
    "maks_orang": "Jumlah orang terbanyak per keluarga yang dihitung; kosong untuk program bertarif tunggal.",
    "belum_diperiksa": "Apakah tarif atau jadwalnya masih perlu dicocokkan dengan sumber resmi (SUMBER.md).",
    "tahun_kalender": "Tahun.",
    "triwulan": "Triwulan (1 sampai 4).",
    "bulan": "Bulan (1 sampai 12).",
    "nama_bulan": "Nama bulan.",
    "kode_bulan": "Tahun dan bulan (TTTT-BB).",
    "minggu_iso": "Nomor pekan menurut ISO 8601.",
    "hari_ke": "Hari dalam pekan: 1 Senin sampai 7 Minggu.",
    "nama_hari": "Nama hari.",
    "akhir_pekan": "Apakah Sabtu atau Minggu.",
    # --- companions
    "keluarga": "Banyaknya keluarga dampingan yang dilaporkan.",
    "naik_grade": "Banyaknya keluarga yang naik grade.",
    "graduasi": "Banyaknya keluarga yang graduasi.",
    "hadir_persen": "Anak usia sekolah yang memenuhi syarat kehadiran terhadap anak_sekolah_dinilai, dalam persen.",
    "faskes_persen": "Balita dan ibu hamil yang ke fasilitas kesehatan terhadap balita_dinilai dan ibu_hamil_dinilai, "
    "dalam persen.",
    "tanpa_kemajuan": "Apakah tidak ada keluarga yang naik grade atau graduasi pada bulan itu.",
    "peringkat_kab": "Peringkat di antara pendamping sekabupaten pada bulan itu (1 terbaik): menurut graduasi, lalu "
    "naik_grade, hadir_persen, dan faskes_persen (persen yang kosong paling akhir); yang sama berbagi peringkat.",
    "laporan_pertama": "Bulan laporan pertama keluarga ini.",
    "laporan_terakhir": "Bulan laporan terakhir keluarga ini.",
    "jumlah_laporan": "Banyaknya bulan yang dilaporkan.",
    "naik_grade_pertama": "Bulan pertama keluarga ini naik grade.",
    "graduasi_pertama": "Bulan keluarga ini graduasi.",
    # --- quality by region
    "padan_sebelum_persen": "Baris yang padan bila isi sel NIK dipakai apa adanya, tanpa dirapikan, dalam persen; "
    "kosong bila register Dukcapil wilayah ini belum diserahkan, atau baru sebagian kecil.",
    "padan_sesudah_persen": "Baris yang padan setelah pembersihan dan pemadanan, dalam persen; kosong bila register "
    "Dukcapil wilayah ini belum diserahkan, atau baru sebagian kecil.",
    "register_lengkap": "Apakah register Dukcapil semua kabupaten/kota di wilayah ini diserahkan. Bila tidak (belum, "
    "atau baru sebagian kecil), kebanyakan orang di sana belum dapat dipadankan, dan angka padan wilayah ini terlalu "
    "kecil.",
    "tinjau_persen": "Baris yang perlu diputuskan petugas, dalam persen.",
    "nik_bermasalah": "Banyaknya baris dengan NIK bermasalah.",
    "kk_bermasalah": "Banyaknya baris dengan nomor KK bermasalah.",
    "tanggal_bermasalah": "Banyaknya baris dengan tanggal lahir bermasalah.",
    "wilayah_bermasalah": "Banyaknya baris dengan nama wilayah bermasalah.",
    "orang_ganda": "Banyaknya baris yang orangnya sudah tercatat pada baris lain.",
    "status_bermasalah": "Banyaknya baris yang orangnya meninggal, pindah, atau NIK-nya tidak berlaku lagi.",
    "peringkat": "Peringkat padan_sesudah_persen di antara wilayah setingkat di bawah induk yang sama (1 terbaik); "
    "kosong bila persennya kosong.",
    "jumlah_setara": "Banyaknya wilayah yang diperbandingkan dalam peringkat itu.",
    "kode_terbanyak": "Lima kode terbanyak yang perlu dibenahi di wilayah ini (artinya di mart.dim_kode, sumber "
    "dtks; jumlahnya di quality.ringkasan_wilayah).",
    "verifikasi_terbaru": "Tanggal verifikasi terakhir yang paling baru di wilayah ini.",
    "verifikasi_umur_bulan": "Umur verifikasi terakhir pada akhir periode: median, dalam bulan.",
    "verifikasi_usang_persen": "Baris yang verifikasi terakhirnya setahun yang lalu atau lebih lama, dalam persen.",
    "periode_sebelumnya": "Periode terbit sebelum ini yang diperbandingkan; kosong bila belum ada.",
    "padan_sebelumnya_persen": "Nilai padan_sesudah_persen pada periode sebelumnya.",
    "perubahan_padan_persen": "Nilai padan_sesudah_persen dikurangi padan_sebelumnya_persen, dalam poin persen.",
    "peringkat_sebelumnya": "Peringkat pada periode sebelumnya.",
    # --- companions' reports
    "periode_laporan": "Bulan laporan pendamping (TTTT-BB).",
    "disampaikan": "Tanggal laporan disampaikan menurut nama berkas, atau akhir bulan berkas atau foldernya.",
    "id_pendamping": "ID pendamping.",
    "nama_pendamping": "Nama pendamping.",
    "anak_sekolah": "Banyaknya anak usia sekolah.",
    "anak_sekolah_hadir": "Banyaknya anak usia sekolah yang memenuhi syarat kehadiran.",
    "balita": "Banyaknya balita.",
    "balita_ke_faskes": "Banyaknya balita yang dibawa ke fasilitas kesehatan.",
    "ibu_hamil": "Banyaknya ibu hamil.",
    "ibu_hamil_ke_faskes": "Banyaknya ibu hamil yang memeriksakan diri.",
    "status_kpm": "AKTIF, NAIK_GRADE, GRADUASI, atau NONAKTIF.",
    # --- release
    "jumlah_keluarga": "Banyaknya keluarga DTKS.",
    "jumlah_padan_orang": "Banyaknya orang yang padan dengan Dukcapil.",
    "jumlah_nik_sah": "Banyaknya orang dengan NIK 16 angka yang dapat dipakai setelah pembersihan.",
    "jumlah_kk_sah": "Banyaknya orang dengan nomor KK 16 angka yang dapat dipakai setelah pembersihan.",
    "jumlah_perempuan": "Banyaknya perempuan.",
    "jumlah_anak": "Banyaknya orang berusia di bawah 18 tahun pada akhir periode.",
    "jumlah_lansia": "Banyaknya orang berusia 60 tahun ke atas pada akhir periode.",
    "persen_padan": "Orang yang padan terhadap seluruh anggota, dalam persen; yang tercatat ganda dihitung sekali, "
    "sedangkan mart.mutu_data menghitung baris. Kosong bila register Dukcapil wilayah ini belum diserahkan, atau baru "
    "sebagian kecil (register_lengkap).",
    "perubahan": "BARU, BERUBAH, atau HAPUS terhadap versi sebelumnya.",
    "tabel": "Nama tabel rilis.",
    "disamarkan": "Apakah ada angka pada baris ini yang dikosongkan untuk melindungi perorangan (angka 1 sampai 4, "
    "turunannya, atau angka yang membuatnya dapat dihitung).",
}
